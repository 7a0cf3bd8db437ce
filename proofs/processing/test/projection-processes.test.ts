import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startPostgres } from "@eventfold/testing/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BuyersAssignment } from "../src/processes/buyers-worker.ts";
import { foldedBuyers, storedBuyers } from "../src/projection-stage.ts";
import { publishSales } from "../src/sales.ts";
import { type DatabasePlace, openShared, type SharedDatabase } from "../src/shared-database.ts";
import { waitFor } from "../src/waiting-for.ts";

const LEASE_MS = 1_500;
/** How many events are published in each phase, ten at a time. */
const EVENTS = process.env.EVENTFOLD_SOAK ? 10_000 : 200;
const SCRIPT = fileURLToPath(new URL("../src/processes/buyers-worker.ts", import.meta.url));

let server: Awaited<ReturnType<typeof startPostgres>>;
let folder: string;
beforeAll(async () => {
  server = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), "eventfold-projections-"));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function startWorker(assignment: Omit<BuyersAssignment, "leaseMs">): ChildProcess {
  const argument = JSON.stringify({ ...assignment, leaseMs: LEASE_MS });
  return spawn(process.execPath, ["--conditions=eventfold-source", SCRIPT, argument], { stdio: "inherit" });
}

async function statusOf({ storage }: SharedDatabase) {
  return storage.storage.status({ names: ["buyer@1"] });
}

/** Whether nodes of these names, and no others, have all partitions, and every one of them some. */
async function areOwnedBy(database: SharedDatabase, names: readonly string[]): Promise<boolean> {
  const { sessions, subscriptions } = await statusOf(database);
  const owners = subscriptions.flatMap(({ status }) => status.map(({ owner }) => owner));
  const living = owners.map((owner) => sessions.find(({ id }) => id === owner)?.name ?? "nobody");
  return JSON.stringify([...new Set(living)].toSorted()) === JSON.stringify(names.toSorted());
}

async function untilCaughtUp(database: SharedDatabase): Promise<void> {
  const latest = (await database.sales.latest())?.sequenceNumber ?? 0;
  await waitFor(async () => {
    const { subscriptions } = await statusOf(database);
    const partitions = subscriptions.flatMap(({ status }) => status);
    return partitions.length > 0 && partitions.every(({ checkpoint }) => checkpoint.sequenceNumber >= latest);
  });
}

/** Publishes little by little, so that workers are at work when something happens to them. */
async function publishing({ sales }: SharedDatabase, from: number): Promise<void> {
  for (let n = from; n < from + EVENTS; n += 10) await publishSales(sales, { count: 10, from: n, buyers: 40 });
}

describe.each<[string, DatabasePlace["kind"], boolean]>([
  ["on SQLite", "sqlite", false],
  ["on PostgreSQL, in transactions", "postgres", true],
])("projections kept up to date by two processes, %s", (_, kind, inTransactions) => {
  it("are the fold of the whole log, though one is killed and the other frozen past its lease", {
    timeout: 180_000, // starting processes takes long on a machine that is busy
  }, async () => {
    const place = kind === "sqlite" ? join(folder, `${inTransactions}.db`) : await server.createDatabase();
    const shared = { database: { kind, place }, inTransactions };
    const database = await openShared(shared.database);
    const workers = new Map<string, ChildProcess>();
    const start = (name: string) => workers.set(name, startWorker({ ...shared, name }));
    try {
      start("first");
      start("second");
      await publishing(database, 0);
      await waitFor(() => areOwnedBy(database, ["first", "second"]));
      await Promise.all([publishing(database, EVENTS), killed(workers.get("first"))]);
      start("third");
      await waitFor(() => areOwnedBy(database, ["second", "third"]));
      await Promise.all([publishing(database, 2 * EVENTS), frozen(database, workers.get("second"))]);
      await waitFor(() => areOwnedBy(database, ["second", "third"]));
      await publishing(database, 3 * EVENTS);
      await untilCaughtUp(database);
      expect(await storedBuyers(database.projectionStore)).toEqual(await foldedBuyers(database.sales));
    } finally {
      for (const worker of workers.values()) worker.kill("SIGKILL");
      await database.close();
    }
  });
});

async function killed(worker: ChildProcess | undefined): Promise<void> {
  if (worker === undefined) throw new Error("There is no such worker.");
  const exit = once(worker, "exit");
  worker.kill("SIGKILL");
  await exit;
}

/** Freezes a worker until the other has taken over, and lets it go on. One that has the database locked is frozen again. */
async function frozen(database: SharedDatabase, worker: ChildProcess | undefined): Promise<void> {
  for (let isReplaced = false; ; ) {
    worker?.kill("SIGSTOP");
    const endMs = performance.now() + 6 * LEASE_MS;
    await waitFor(async () => {
      isReplaced = await areOwnedBy(database, ["third"]);
      return isReplaced || performance.now() > endMs;
    });
    worker?.kill("SIGCONT");
    if (isReplaced) return;
    await database.adapter.transaction(async () => {}); // by then it has let go of the database
    await waitFor(() => areOwnedBy(database, ["second", "third"]));
  }
}
