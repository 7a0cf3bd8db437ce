import "pg"; // both drivers are loaded before the classes of errors change, so that theirs are of the realm before
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import Database from "better-sqlite3";

// As in a test runner that gives each file a realm of its own, while native modules and Node stay in the first: for the
// packages, which are loaded from here on, no error of a driver is an instance of Error.
Object.assign(globalThis, runInNewContext("({ Error, TypeError, RangeError })"));
const { EventStore, positionIs, retryOnUnmetCondition } = await import("@eventfold/store");
const { SqliteEventStorageAdapter } = await import("@eventfold/adapter-sqlite");
const { PostgresEventStorageAdapter } = await import("@eventfold/adapter-postgres");

const NAMES = { category: "c", stream: "s" };
const events = [{ name: "noted", payload: runInNewContext("({ list: [1, { at: new Date(0) }] })") as object }];
const folder = mkdtempSync(join(tmpdir(), "eventfold-realm-"));
const outcomes: Record<string, unknown> = {};

async function note(what: string, work: () => Promise<unknown>): Promise<void> {
  outcomes[what] = await work().then(
    () => "done",
    (error: { readonly code?: unknown } | undefined) => error?.code ?? String(error),
  );
}

const filename = join(folder, "log.db");
const sqlite = await SqliteEventStorageAdapter.open({ filename });
const stream = new EventStore({ adapter: sqlite }).stream(NAMES);
await note("a publish while another connection holds the file", async () => {
  const other = new Database(filename);
  other.exec("begin immediate");
  const publish = stream.publish({ events });
  setTimeout(() => other.exec("rollback"), 100);
  await publish;
  other.close();
});
await note("an unmet condition", () => stream.publish({ events, condition: positionIs(7) }));
await note("an unmet condition that is retried in vain", () =>
  retryOnUnmetCondition(
    () =>
      Promise.reject(
        Object.assign(runInNewContext("new Error()"), { code: "UNMET_WRITE_CONDITION", isRetryable: false }),
      ),
    { tries: 2 },
  ),
);
await note("a time of another realm", () =>
  stream.publish({ events: [{ name: "noted", payload: 1, occurredAt: runInNewContext("new Date(5)") as Date }] }),
);
await sqlite.close();
await note("a file that is not a database", async () => {
  const text = join(folder, "text.db");
  writeFileSync(text, "x".repeat(5_000));
  await SqliteEventStorageAdapter.open({ filename: text });
});
await note("a server that is not there", () =>
  PostgresEventStorageAdapter.open({ connectionString: "postgres://u:p@127.0.0.1:1/none" }),
);
rmSync(folder, { recursive: true });
process.stdout.write(JSON.stringify(outcomes));
