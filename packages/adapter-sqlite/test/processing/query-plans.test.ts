import { randomUUID } from "node:crypto";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import type { ProcessingStorage } from "@eventfold/processing";
import type BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { subscriptionOf } from "./leases.ts";

const SUBSCRIPTIONS = 200;

describe("the query plans of processing in SQLite, after ANALYZE", () => {
  let events: SqliteEventStorageAdapter;
  let processing: SqliteProcessingStorageAdapter;
  let storage: ProcessingStorage;
  let client: BetterSqlite3.Database;
  const session = randomUUID();
  const lease = { subscription: 7, partition: 1, token: 1 };
  const event = (sequenceNumber: number) => {
    const place = { sequenceNumber, hash: 1, eventId: randomUUID(), category: "c", stream: `s${sequenceNumber}` };
    return { ...place, isWholeStream: false, attempts: 1, error: "poison" };
  };
  beforeEach(async () => {
    events = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    processing = await SqliteProcessingStorageAdapter.open({ shareWith: events });
    storage = processing.storage;
    await storage.register(Array.from({ length: SUBSCRIPTIONS }, (_, n) => subscriptionOf(`mails-${n}`, 4)));
    await storage.beginSession({ id: session, name: "node", leaseMs: 10_000 });
    await storage.claim({ session, partitions: [{ ...lease, token: 0 }] });
    for (let n = 1; n <= 100; n++) await storage.park({ ...lease, event: event(n), was: undefined });
    await events.transaction(async (tx) => {
      client = tx.client;
      client.exec("ANALYZE");
    });
  });
  afterEach(async () => {
    await processing.close();
    await events.close();
  });

  /** How the statements find their rows that the work prepares for the first time. */
  const plansOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    const prepare = vi.spyOn(client, "prepare");
    await work();
    const texts = prepare.mock.calls.map(([sql]) => sql);
    prepare.mockRestore();
    return texts.flatMap((sql) => planOf(sql)).filter((detail) => detail.includes("eventfold_processing_"));
  };
  const planOf = (sql: string): readonly string[] => {
    const explain = client.prepare(`EXPLAIN QUERY PLAN ${sql}`);
    const values = Array.from({ length: sql.split("?").length - 1 }, () => 1);
    return (explain.all(...values) as { detail: string }[]).map(({ detail }) => detail);
  };

  it("of a beat and a checkpoint are by primary key, but for the sessions, which are all shown", async () => {
    const { id: other } = (await storage.register([subscriptionOf("mails-9", 4)]))[0] ?? { id: 0 };
    const plans = await plansOf(async () => {
      await storage.beat({ session, name: "node", subscriptions: [other, lease.subscription] });
      const move = { ...lease, was: 0, checkpoint: { sequenceNumber: 5, eventId: undefined } };
      expect(await storage.saveCheckpoints([move])).toEqual([{ kind: "moved" }]);
    });
    expect(plans).toContain("SEARCH eventfold_processing_partitions USING PRIMARY KEY (subscription=?)");
    const scans = plans.filter((detail) => detail.startsWith("SCAN"));
    expect(scans).toEqual(["SCAN eventfold_processing_sessions USING INDEX eventfold_processing_sessions_by_name"]);
  });

  it("of what is parked are by subscription, and pages go on by number", async () => {
    const listing = { subscription: lease.subscription, after: { sequenceNumber: 50, hash: 0 }, limit: 10 };
    const plans = await plansOf(async () => {
      await storage.loadParked({ partitions: [lease] });
      await storage.listParked({ ...listing, of: undefined });
      await storage.listParked({ ...listing, of: { category: "c", stream: "s60" } });
      await storage.unpark({ ...lease, parked: [{ sequenceNumber: 1, hash: 1 }] });
    });
    expect(plans.filter((detail) => detail.startsWith("SCAN"))).toEqual([]);
    expect(plans.filter((detail) => detail.includes("(sequence_number,hash)>(?,?)"))).toHaveLength(2);
    expect(plans).toContain(
      "SEARCH eventfold_processing_parked USING INDEX eventfold_processing_parked_by_stream (subscription=? AND category=? AND stream=? AND (sequence_number,hash)>(?,?))",
    );
  });
});
