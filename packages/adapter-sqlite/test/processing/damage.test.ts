import { randomUUID } from "node:crypto";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import type { PartitionLease, ProcessingStorage } from "@eventfold/processing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimedLease, subscriptionOf } from "./leases.ts";

const ENDINGS = ["sessions", "subscriptions", "partitions", "parked", "locks", "counters"];

describe("processing in a database that somebody has changed by hand", () => {
  let events: SqliteEventStorageAdapter;
  let processing: SqliteProcessingStorageAdapter;
  let storage: ProcessingStorage;
  let lease: PartitionLease;
  const session = randomUUID();
  const changed = (sql: string) => events.transaction(async ({ client }) => void client.exec(sql));
  beforeEach(async () => {
    events = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    processing = await SqliteProcessingStorageAdapter.open({ shareWith: events });
    storage = processing.storage;
    lease = await claimedLease(storage, { name: "mails", session });
  });
  afterEach(async () => {
    await processing.close();
    await events.close();
  });

  const moves = () => [{ ...lease, was: 0, checkpoint: { sequenceNumber: 1, eventId: undefined } }];
  const event = () => {
    const place = { sequenceNumber: 1, hash: 0, eventId: randomUUID(), category: "c", stream: "s" };
    return { ...place, isWholeStream: false, attempts: 1, error: "poison" };
  };
  const beginning = () => ({ id: randomUUID(), name: "other", leaseMs: 10_000 });
  const holder = randomUUID();
  const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["register", () => storage.register([subscriptionOf("others", 1)])],
    ["beginSession", () => storage.beginSession(beginning())],
    ["beat", () => storage.beat({ session, name: "mails", subscriptions: [] })],
    ["claim", () => storage.claim({ session, partitions: [lease] })],
    ["saveCheckpoints", () => storage.saveCheckpoints(moves())],
    ["park", () => storage.park({ ...lease, event: event(), was: undefined })],
    ["loadParked", () => storage.loadParked({ partitions: [lease] })],
    ["repartition", () => storage.repartition({ subscription: lease.subscription, id: holder, partitions: 2 })],
    ["tryLock", () => storage.tryLock({ name: "lock", session, holder })],
    ["status", () => storage.status({ names: undefined })],
    ["a step", () => processing.transaction((tx) => processing.within(tx).commitWith({ moves: moves() }))],
    ["opening", () => SqliteProcessingStorageAdapter.open({ shareWith: events })],
  ];

  it.each(calls)("is called that by %s when tables are missing", async (_, call) => {
    await changed(ENDINGS.map((ending) => `DROP TABLE eventfold_processing_${ending}`).join("; "));
    await expect(call()).rejects.toMatchObject({ code: "NOT_A_DATABASE", isRetryable: false });
  });

  it.each([
    ["a session", "INSERT ON eventfold_processing_sessions", () => storage.beginSession(beginning())],
    [
      "a beat",
      "UPDATE ON eventfold_processing_sessions",
      () => storage.beat({ session, name: "mails", subscriptions: [] }),
    ],
    [
      "a subscription",
      "INSERT ON eventfold_processing_subscriptions",
      () => storage.register([subscriptionOf("others", 1)]),
    ],
    ["a partition", "INSERT ON eventfold_processing_partitions", () => storage.register([subscriptionOf("others", 1)])],
    ["a checkpoint", "UPDATE ON eventfold_processing_partitions", () => storage.saveCheckpoints(moves())],
    [
      "a parked event",
      "INSERT ON eventfold_processing_parked",
      () => storage.park({ ...lease, event: event(), was: 0 }),
    ],
    ["a lock", "INSERT ON eventfold_processing_locks", () => storage.tryLock({ name: "lock", session, holder })],
    ["a change", "UPDATE ON eventfold_processing_counters", () => storage.release([lease])],
  ])("acknowledges nothing that a trigger ignores: %s", async (_, write, call) => {
    const before = await storage.status({ names: undefined });
    await changed(`CREATE TRIGGER ignoring BEFORE ${write} BEGIN SELECT RAISE(IGNORE); END`);
    await expect(call()).rejects.toMatchObject({ code: "STORAGE_FAILED", message: expect.stringContaining("trigger") });
    expect(await storage.status({ names: undefined })).toEqual(before);
  });

  it("refuses requests that are not JSON, whoever writes them by hand", async () => {
    const attempt = changed("UPDATE eventfold_processing_partitions SET requests = '[{'");
    await expect(attempt).rejects.toThrow("CHECK constraint failed");
  });
});
