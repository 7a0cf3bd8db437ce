import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import type { PartitionLease } from "@eventfold/processing";
import { isEventfoldError } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";

const { connectionString } = await testServer();
const PARTITIONS = 6;
const MOVES = process.env.EVENTFOLD_SOAK ? 1_000 : 60;

interface Work {
  readonly isOver: () => boolean;
  readonly moved: (partition: number, sequenceNumber: number) => void;
}

/** Claims partitions, moves their checkpoints one by one until all is done, and gives some back from time to time. */
async function workAs(name: string, adapter: PostgresProcessingStorageAdapter, { isOver, moved }: Work): Promise<void> {
  const { storage } = adapter;
  const startAt = { sequenceNumber: 0, eventId: undefined };
  const facts = { name: "mails", source: "log", partitioning: "key", partitions: PARTITIONS };
  const [{ id: subscription } = { id: 0 }] = await storage.register([{ ...facts, startAt }]);
  const session = randomUUID();
  await storage.beginSession({ id: session, name, leaseMs: 10_000 });
  while (!isOver()) {
    const seen = await storage.beat({ session, name, subscriptions: [subscription] });
    if (seen.kind === "ended") throw new Error("Nobody evicts here.");
    const free = seen.partitions.filter(({ owner }) => owner === undefined);
    if (free.length > 0) await storage.claim({ session, partitions: free.slice(0, 2) });
    const { partitions } = (await storage.beat({ session, name, subscriptions: [subscription] })) as typeof seen;
    const mine = partitions.filter(({ owner }) => owner === session);
    for (const lease of mine) await move(adapter, lease, moved);
    if (mine.length > 2) await storage.release(mine.slice(0, 1));
  }
}

/** Moves a checkpoint by one: that of an even partition in a transaction, together with a row. */
async function move(
  adapter: PostgresProcessingStorageAdapter,
  { subscription, partition, token, sequenceNumber: was }: PartitionLease & { readonly sequenceNumber: number },
  moved: Work["moved"],
): Promise<void> {
  const next = { subscription, partition, token, was, checkpoint: { sequenceNumber: was + 1, eventId: undefined } };
  if (partition % 2 === 1) {
    const [outcome] = await adapter.storage.saveCheckpoints([next]);
    if (outcome?.kind === "moved") moved(partition, was + 1);
    return;
  }
  try {
    await adapter.transaction(async (tx) => {
      await adapter.within(tx).commitWith({ moves: [next] });
      await tx.client.query("insert into effects values ($1, $2)", [partition, was + 1]);
    });
    moved(partition, was + 1);
  } catch (error) {
    // Whether it was committed is not known; the next beat says where the checkpoint is.
    if (!isEventfoldError(error, "STORAGE_UNAVAILABLE")) throw error;
  }
}

describe("nodes whose connections are ended all the time", () => {
  it("move every checkpoint by one at a time, and store each row with its checkpoint", {
    timeout: 120_000,
  }, async () => {
    await queryRows(
      connectionString,
      "create table effects (partition integer, number bigint, primary key (partition, number))",
    );
    const acknowledged = Array.from({ length: PARTITIONS }, (): number[] => []);
    const isOver = () => acknowledged.every(({ length }) => length >= MOVES);
    const work = { isOver, moved: (partition: number, number: number) => acknowledged[partition]?.push(number) };
    const names = ["a", "b", "c"];
    const options = { connectionString, notifications: false };
    const adapters = await Promise.all(names.map(() => PostgresProcessingStorageAdapter.open(options)));
    let areWorking = true;
    const nodes = Promise.all(adapters.map((adapter, n) => workAs(names[n] ?? "", adapter, work))).finally(() => {
      areWorking = false;
    });
    while (areWorking) {
      await queryRows(
        connectionString,
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by random() limit 1",
      );
      await Promise.race([nodes, sleep(50)]);
    }
    await nodes;
    for (const adapter of adapters) await adapter.close();
    const stored = await queryRows(
      connectionString,
      "select sequence_number::int from eventfold.processing_partitions order by partition",
    );
    for (const [partition, numbers] of acknowledged.entries()) {
      const all = Array.from({ length: Number(stored[partition]) }, (_, n) => n + 1);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      expect(all).toEqual(expect.arrayContaining(numbers));
      const effects = await queryRows(
        connectionString,
        "select number::int from effects where partition = $1 order by number",
        [partition],
      );
      expect(effects).toEqual(partition % 2 === 0 ? all : []);
    }
  });
});
