import { randomUUID } from "node:crypto";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import type { PartitionLease, ProcessingStorage } from "@eventfold/processing";
import { Client } from "pg";
import { afterEach, describe, expect, it } from "vitest";
import { processingNames } from "../../src/processing/processing-names.ts";
import { countingPool } from "../counting-pool.ts";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";
import { everyCall } from "./every-call.ts";

const { connectionString } = await testServer();
const ends: (() => Promise<unknown>)[] = [];
let schemas = 0;

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function newSchema(): string {
  schemas += 1;
  return `storage_${schemas}`;
}

async function open(options: { readonly schema: string; readonly writeTimeoutMs?: number }) {
  const adapter = await PostgresProcessingStorageAdapter.open({ connectionString, notifications: false, ...options });
  ends.push(() => adapter.close());
  return adapter;
}

async function aClient(): Promise<Client> {
  const client = new Client({ connectionString });
  await client.connect();
  ends.push(() => client.end());
  return client;
}

/** A subscription with partitions that a node owns, each with the token 1. */
async function owned(storage: ProcessingStorage, partitions = 2) {
  const startAt = { sequenceNumber: 0, eventId: undefined };
  const facts = { name: "mails", source: "log", partitioning: "key", partitions };
  const [{ id: subscription } = { id: 0 }] = await storage.register([{ ...facts, startAt }]);
  const session = randomUUID();
  await storage.beginSession({ id: session, name: "node", leaseMs: 10_000 });
  const keys = Array.from({ length: partitions }, (_, partition) => ({ subscription, partition }));
  await storage.claim({ session, partitions: keys.map((key) => ({ ...key, token: 0 })) });
  return { session, subscription, leases: keys.map((key): PartitionLease => ({ ...key, token: 1 })) };
}

function moveOf(lease: PartitionLease | undefined, was: number, sequenceNumber: number) {
  if (lease === undefined) throw new Error("There is no such lease.");
  return { ...lease, was, checkpoint: { sequenceNumber, eventId: randomUUID() } };
}

describe("every call", () => {
  it("is one statement, without anything of the connection", async () => {
    const schema = newSchema();
    const { pool, count, reset } = countingPool(connectionString);
    ends.push(() => pool.end());
    const adapter = await PostgresProcessingStorageAdapter.open({ pool, schema, notifications: false });
    ends.push(() => adapter.close());
    for (const call of everyCall(adapter.storage)) {
      reset();
      await call();
      expect(count()).toBe(1);
    }
    const settings =
      "select current_setting('lock_timeout'), current_setting('search_path'), current_setting('enable_seqscan')";
    const { rows } = await pool.query({ text: settings, rowMode: "array" });
    expect(rows).toEqual([["0", '"$user", public', "on"]]);
  });
});

describe("a transaction", () => {
  it("sends its last step in one message with the commit", async () => {
    const schema = newSchema();
    const { pool, count, reset } = countingPool(connectionString);
    ends.push(() => pool.end());
    const adapter = await PostgresProcessingStorageAdapter.open({ pool, schema, notifications: false });
    ends.push(() => adapter.close());
    const { leases } = await owned(adapter.storage);
    reset();
    await adapter.transaction(async (tx) => {
      await adapter.within(tx).commitWith({ moves: [moveOf(leases[1], 0, 5)] });
      await adapter.within(tx).commitWith({ moves: [moveOf(leases[0], 0, 7)] });
      await tx.client.query("select 1");
    });
    expect([count(), count("begin"), count("commit_with"), count("; commit")]).toEqual([3, 1, 1, 1]);
    const { subscriptions } = await adapter.storage.status({ names: undefined });
    expect(subscriptions[0]?.status.map(({ checkpoint }) => checkpoint.sequenceNumber)).toEqual([7, 5]);
  });

  it("of the caller's takes the step at once, and fails then", async () => {
    const adapter = await open({ schema: newSchema() });
    const { leases } = await owned(adapter.storage);
    const client = await aClient();
    await client.query("begin; set local lock_timeout = '7s'");
    await adapter.within(adapter.using(client)).commitWith({ moves: [moveOf(leases[0], 0, 5)] });
    expect((await client.query("show lock_timeout")).rows).toEqual([{ lock_timeout: "7s" }]);
    await client.query("commit");
    await client.query("begin");
    const inside = adapter.within(adapter.using(client));
    await expect(
      inside.commitWith({ moves: [moveOf(leases[1], 0, 5), moveOf(leases[0], 0, 6)] }),
    ).rejects.toMatchObject({
      code: "LEASE_LOST",
      subscription: leases[0]?.subscription,
      partition: 0,
    });
    await client.query("rollback");
    const { subscriptions } = await adapter.storage.status({ names: undefined });
    expect(subscriptions[0]?.status.map(({ checkpoint }) => checkpoint.sequenceNumber)).toEqual([5, 0]);
  });

  it("that holds a partition keeps no beat, claim or eviction waiting, and others as long as they have time", async () => {
    const schema = newSchema();
    const adapter = await open({ schema });
    const impatient = await open({ schema, writeTimeoutMs: 2_000 });
    const { storage } = impatient;
    const { leases, session, subscription } = await owned(adapter.storage);
    await storage.endSession(session);
    const client = await aClient();
    await client.query("begin");
    await adapter.within(adapter.using(client)).commitWith({ moves: [moveOf(leases[0], 0, 5)] });

    const [other, third] = [randomUUID(), randomUUID()];
    await storage.beginSession({ id: other, name: "other", leaseMs: 10_000 });
    await storage.beginSession({ id: third, name: "third", leaseMs: 10_000 });
    const seen = await storage.beat({ session: other, name: "other", subscriptions: [subscription] });
    expect(seen).toMatchObject({ kind: "beaten", partitions: [{ sequenceNumber: 0 }, { sequenceNumber: 0 }] });
    expect(await storage.claim({ session: other, partitions: leases })).toMatchObject([{ partition: 1, token: 2 }]);
    expect(await storage.evict([{ id: third, beat: 0 }])).toEqual([third]);
    // On a loaded machine the server may be late to say that it is busy, and is taken for silent.
    const busy = { code: expect.stringMatching(/^STORAGE_(BUSY|UNAVAILABLE)$/), isRetryable: true };
    await Promise.all([
      expect(storage.saveCheckpoints([moveOf(leases[0], 0, 9)])).rejects.toMatchObject(busy),
      expect(storage.release(leases)).rejects.toMatchObject(busy),
    ]);

    const patient = adapter.storage.saveCheckpoints([moveOf(leases[0], 0, 9)]);
    await client.query("commit");
    expect(await patient).toMatchObject([{ kind: "elsewhere", checkpoint: { sequenceNumber: 5 } }]);
  });

  it("rejects with what the caller's own constraints say at its end", async () => {
    const schema = newSchema();
    const adapter = await open({ schema });
    const { leases } = await owned(adapter.storage);
    await queryRows(connectionString, `create table ${schema}.own (n integer unique deferrable initially deferred)`);
    const failed = adapter.transaction(async (tx) => {
      await adapter.within(tx).commitWith({ moves: [moveOf(leases[0], 0, 5)] });
      await tx.client.query(`insert into ${schema}.own values (1), (1)`);
    });
    await expect(failed).rejects.toMatchObject({ code: "23505" });
    expect(await adapter.storage.saveCheckpoints([moveOf(leases[0], 0, 6)])).toEqual([{ kind: "moved" }]);
  });
});

describe("a beat", () => {
  it("has a connection of its own where transactions have taken the pool", async () => {
    const schema = newSchema();
    const options = { connectionString, schema, maxConnections: 1, writeTimeoutMs: 2_000 };
    const events = await PostgresEventStorageAdapter.open(options);
    ends.push(() => events.close());
    const separate = await PostgresProcessingStorageAdapter.open(options);
    ends.push(() => separate.close());
    const shared = await PostgresProcessingStorageAdapter.open({ shareWith: events });
    ends.push(() => shared.close());
    for (const { storage, transaction } of [separate, shared].map((adapter) => ({
      storage: adapter.storage,
      transaction: adapter.transaction.bind(adapter),
    }))) {
      const session = randomUUID();
      await storage.beginSession({ id: session, name: "node", leaseMs: 10_000 });
      await transaction(async () => {
        const sign = { session, name: "node", subscriptions: [] };
        expect(await storage.beat(sign)).toMatchObject({ kind: "beaten", sessions: [{ beat: 1 }] });
        await expect(storage.endSession(session)).rejects.toMatchObject({ code: "STORAGE_BUSY" });
      });
    }
  });

  it("takes its turn in a pool of the caller's", async () => {
    const { pool, count, reset } = countingPool(connectionString);
    ends.push(() => pool.end());
    const adapter = await PostgresProcessingStorageAdapter.open({ pool, schema: newSchema() });
    ends.push(() => adapter.close());
    reset();
    expect(await adapter.storage.beat({ session: randomUUID(), name: "n", subscriptions: [] })).toEqual({
      kind: "ended",
      replacedBy: undefined,
    });
    expect(count("beat")).toBe(1);
  });
});

describe("a full queue of notifications", () => {
  it("holds up nothing: the call is made again without a notification, and a warning says so", async () => {
    const schema = newSchema();
    const warnings: string[] = [];
    const warn = (_: unknown, message: string) => warnings.push(message);
    const logger = { debug: () => {}, info: () => {}, error: () => {}, warn };
    const adapter = await PostgresProcessingStorageAdapter.open({
      connectionString,
      schema,
      notifications: false,
      logger,
    });
    ends.push(() => adapter.close());
    const { session, leases } = await owned(adapter.storage);
    const client = await aClient();
    let notified = 0;
    client.on("notification", () => {
      notified += 1;
    });
    await client.query(`listen ${processingNames({ schema }).channel}`);
    // Nothing but gigabytes fills the queue; this fails once as it does then.
    await queryRows(
      connectionString,
      `create sequence ${schema}.tries;
       create function ${schema}.failing() returns trigger language plpgsql as $$ begin
         if nextval('${schema}.tries') = 1 then raise 'too many notifications in the NOTIFY queue' using errcode = '54000'; end if;
         return new;
       end $$;
       create trigger failing before update on ${schema}.processing_partitions for each row execute function ${schema}.failing()`,
    );
    await adapter.storage.release(leases.slice(1));
    await client.query("select");
    expect([warnings.length, notified]).toEqual([1, 0]);
    const { subscriptions } = await adapter.storage.status({ names: undefined });
    expect(subscriptions[0]?.status.map(({ owner }) => owner)).toEqual([session, undefined]);
    await adapter.storage.release(leases);
    await client.query("select");
    expect([warnings.length, notified]).toEqual([1, 1]);
  });
});

describe("a trigger that keeps rows out", () => {
  it("has nothing acknowledged that is not stored", async () => {
    const schema = newSchema();
    const adapter = await open({ schema });
    const { leases } = await owned(adapter.storage);
    const keepOut = (table: string, what: string) =>
      queryRows(
        connectionString,
        `create or replace function ${schema}.ignoring() returns trigger language plpgsql as 'begin return null; end';
         create trigger ignoring before ${what} on ${schema}.processing_${table} for each row execute function ${schema}.ignoring()`,
      );
    for (const [table, what] of [
      ["sessions", "insert"],
      ["subscriptions", "insert"],
      ["partitions", "update"],
      ["parked", "insert"],
      ["locks", "insert"],
    ] as const) {
      await keepOut(table, what);
    }
    const { storage } = adapter;
    const { sessions } = await storage.status({ names: [] });
    const failed = { code: "STORAGE_FAILED", isRetryable: false };
    const startAt = { sequenceNumber: 0, eventId: undefined };
    const ignored = { name: "ignored", source: "log", partitioning: "key", partitions: 1, startAt };
    await expect(storage.register([ignored])).rejects.toMatchObject(failed);
    await expect(storage.beginSession({ id: randomUUID(), name: "x", leaseMs: 1 })).rejects.toMatchObject(failed);
    const [session = { id: "" }] = sessions;
    const attempt = { name: "lock", session: session.id, holder: randomUUID() };
    await expect(storage.tryLock(attempt)).rejects.toMatchObject(failed);
    const event = { sequenceNumber: 1, hash: 0, eventId: randomUUID(), category: "c", stream: "s" };
    const parked = { ...event, isWholeStream: false, attempts: 1, error: "no" };
    const lease = leases[0] as PartitionLease;
    await expect(storage.park({ ...lease, event: parked, was: undefined })).rejects.toMatchObject(failed);
    expect(await storage.saveCheckpoints([moveOf(lease, 0, 5)])).toMatchObject([{ kind: "elsewhere" }]);
    const step = adapter.transaction((tx) => adapter.within(tx).commitWith({ moves: [moveOf(lease, 0, 5)] }));
    await expect(step).rejects.toMatchObject({ code: "LEASE_LOST" });
  });
});

describe("listening with an event adapter", () => {
  it("ends with it, and wakes then", async () => {
    const schema = newSchema();
    const listening = async () =>
      queryRows(
        connectionString,
        "select count(*)::int from pg_stat_activity where query ilike '%listen%' and pid <> pg_backend_pid() and datname = current_database()",
      );
    const events = await PostgresEventStorageAdapter.open({ connectionString, schema });
    const processing = await PostgresProcessingStorageAdapter.open({ shareWith: events });
    expect(processing.capabilities.notifications).toBe(true);
    let woken = 0;
    processing.onChange(() => {
      woken += 1;
    });
    await expect.poll(listening).toEqual([2]);
    await events.close();
    expect(woken).toBeGreaterThan(0);
    await expect.poll(listening).toEqual([0]);
    await processing.close();
  });

  it("is left out where that one polls", async () => {
    const events = await PostgresEventStorageAdapter.open({
      connectionString,
      schema: newSchema(),
      notifications: false,
    });
    ends.push(() => events.close());
    const processing = await PostgresProcessingStorageAdapter.open({ shareWith: events });
    ends.push(() => processing.close());
    expect(processing.capabilities.notifications).toBe(false);
  });
});

describe("opening", () => {
  it("refuses what makes no sense, and leaves the event adapter open when it fails", async () => {
    const refused = (options: object) => PostgresProcessingStorageAdapter.open(options as never);
    await expect(refused({})).rejects.toThrow(TypeError);
    await expect(refused({ shareWith: {} })).rejects.toThrow(TypeError);
    await expect(refused({ connectionString, migrations: "chek" })).rejects.toThrow(TypeError);
    const events = await PostgresEventStorageAdapter.open({ connectionString, schema: newSchema() });
    ends.push(() => events.close());
    await expect(refused({ shareWith: events, connectionString })).rejects.toThrow(TypeError);
    await expect(refused({ shareWith: events, processingPrefix: "" })).rejects.toThrow(RangeError);
    const pending = PostgresProcessingStorageAdapter.open({ shareWith: events, migrations: "check" });
    await expect(pending).rejects.toMatchObject({ code: "SCHEMA_TOO_OLD" });
    const processing = await PostgresProcessingStorageAdapter.open({ shareWith: events });
    expect((await processing.migrations()).every(({ appliedAt }) => appliedAt !== undefined)).toBe(true);
    await processing.close();
    expect(events.isClosed).toBe(false);
  });
});
