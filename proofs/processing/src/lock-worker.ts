import { setTimeout as delay } from "node:timers/promises";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { LockManager } from "@eventfold/processing";
import { isEventfoldError } from "@eventfold/types";

/** What a process that works with locks is told. */
export interface LockAssignment {
  readonly name: string;
  readonly leaseMs: number;
  readonly storage:
    | { readonly kind: "sqlite"; readonly filename: string }
    | { readonly kind: "postgres"; readonly connectionString: string };
}

/** Takes a lock again and again, until its input ends; told to `hold`, it keeps the next one for as long as it can. */
const { name, leaseMs, storage: where } = JSON.parse(process.argv.at(-1) ?? "") as LockAssignment;
let mustHold = false;
let isOver = false;
process.stdin.on("data", () => {
  mustHold = true;
});
process.stdin.on("close", () => {
  isOver = true;
});

const storage =
  where.kind === "sqlite"
    ? await SqliteProcessingStorageAdapter.open({ filename: where.filename })
    : await PostgresProcessingStorageAdapter.open({ connectionString: where.connectionString });
const locks = new LockManager({ name, storage, leaseMs });
while (!isOver) await work();
await locks.close();
await storage.close();

async function work(): Promise<void> {
  let token = 0;
  try {
    await locks.withLock("the-lock", {}, async ({ fencingToken, signal }) => {
      token = fencingToken;
      const isHolding = mustHold;
      mustHold = false;
      print("taken", token);
      if (isHolding) {
        print("holding", token);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      } else await delay(2, undefined, { signal }).catch(() => {});
      if (!signal.aborted) print("ended", token);
    });
  } catch (error) {
    if (!isEventfoldError(error, "LOCK_LOST")) throw error;
    print("lost", token);
  }
}

function print(what: "taken" | "holding" | "ended" | "lost", token: number): void {
  process.stdout.write(`${JSON.stringify({ name, what, token, atNs: Number(process.hrtime.bigint()) })}\n`);
}
