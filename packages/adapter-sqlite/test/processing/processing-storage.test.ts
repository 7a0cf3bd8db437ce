import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import type { ClosingStep, PartitionLease, ProcessingStorage } from "@eventfold/processing";
import { planCount } from "@eventfold/query";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startChild } from "../child.ts";
import { freshFolder } from "../fresh-folder.ts";
import { saveOf } from "../prepared-event.ts";
import { account, saveOfDocuments } from "../projections/stored-documents.ts";
import { LOG, scanned } from "../scanned.ts";
import { claimedLease } from "./leases.ts";

const EVERY_ACCOUNT = { name: "account", projectorVersion: undefined, plan: planCount({}) };
/** Some looks at what others have changed. */
const SOME_LOOKS_MS = 100;

function stepTo(lease: PartitionLease, was: number, to: number): ClosingStep {
  return { moves: [{ ...lease, was, checkpoint: { sequenceNumber: to, eventId: undefined } }] };
}

async function numberOf(storage: ProcessingStorage): Promise<number | undefined> {
  const { subscriptions } = await storage.status({ names: ["mails"] });
  return subscriptions[0]?.status[0]?.checkpoint.sequenceNumber;
}

describe.each(["file", "memory"])("processing together with events in SQLite, %s", (place) => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let filename: string;
  let events: SqliteEventStorageAdapter;
  let processing: SqliteProcessingStorageAdapter;
  let storage: ProcessingStorage;
  const session = randomUUID();
  beforeEach(async () => {
    folder = await freshFolder();
    filename = place === "file" ? join(folder.path, "app.db") : ":memory:";
    events = await SqliteEventStorageAdapter.open({ filename, writeTimeoutMs: 200 });
    processing = await SqliteProcessingStorageAdapter.open({ shareWith: events });
    storage = processing.storage;
  });
  afterEach(async () => {
    await processing.close();
    await events.close();
    await folder.dispose();
  });

  it("commits events, projections and checkpoint together, or none of them", async () => {
    const projections = await SqliteProjectionStorageAdapter.open({ shareWith: events });
    const lease = await claimedLease(storage, { name: "mails", session });
    const handle = (was: number) =>
      events.transaction(async (tx) => {
        await processing.within(tx).commitWith(stepTo(lease, was, 5));
        await tx.storage.save(saveOf("a", 1));
        await projections.within(tx).save(saveOfDocuments([account("a", { n: 1 })]));
      });
    const stored = async () => [
      (await scanned(events.storage, LOG)).length,
      await projections.storage.count(EVERY_ACCOUNT),
      await numberOf(storage),
    ];
    await expect(handle(3)).rejects.toMatchObject({ code: "LEASE_LOST", subscription: lease.subscription });
    expect(await stored()).toEqual([0, 0, 0]);
    await handle(0);
    expect(await stored()).toEqual([1, 1, 5]);
    await projections.close();
  });

  it("takes the step of a transaction on projections that share too", async () => {
    const projections = await SqliteProjectionStorageAdapter.open({ shareWith: events });
    const lease = await claimedLease(storage, { name: "mails", session });
    await projections.transaction((tx) => processing.within(tx).commitWith(stepTo(lease, 0, 5)));
    expect(await numberOf(storage)).toBe(5);
    await projections.close();
  });

  it("judges the steps of a transaction at its end, all of them by what was stored before", async () => {
    const lease = await claimedLease(storage, { name: "mails", session });
    const attempt = processing.transaction(async (tx) => {
      await processing.within(tx).commitWith(stepTo(lease, 0, 5));
      await processing.within(tx).commitWith(stepTo(lease, 5, 6));
    });
    await expect(attempt).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect(await numberOf(storage)).toBe(0);
  });

  it("shows to reads what is committed while a transaction is open, also inside of it, and refuses writes there", async () => {
    const lease = await claimedLease(storage, { name: "mails", session });
    const move = { ...lease, was: 0, checkpoint: { sequenceNumber: 6, eventId: undefined } };
    await events.transaction(async (tx) => {
      await processing.within(tx).commitWith(stepTo(lease, 0, 5));
      await tx.storage.save(saveOf("a", 1));
      expect(await numberOf(storage)).toBe(0);
      await expect(storage.saveCheckpoints([move])).rejects.toMatchObject({ code: "NESTED_PUBLISH" });
      await expect(storage.beat({ session, name: "mails", subscriptions: [] })).rejects.toMatchObject({
        code: "NESTED_PUBLISH",
      });
    });
    expect(await numberOf(storage)).toBe(5);
  });

  it("turns a beat away that waits for a transaction beyond the time-out, and nobody has lost anything", async () => {
    const lease = await claimedLease(storage, { name: "mails", session });
    const mayEnd = Promise.withResolvers<void>();
    const transaction = events.transaction(() => mayEnd.promise);
    const beat = { session, name: "mails", subscriptions: [lease.subscription] };
    await expect(storage.beat(beat)).rejects.toMatchObject({ code: "STORAGE_BUSY", isRetryable: true });
    expect(await numberOf(storage)).toBe(0);
    mayEnd.resolve();
    await transaction;
    expect(await storage.beat(beat)).toMatchObject({
      kind: "beaten",
      sessions: [{ id: session, beat: 1 }],
      partitions: [{ owner: session, token: lease.token }],
    });
  });

  it.runIf(place === "file")(
    "takes the step at the end too when the transaction is joined by its own connection",
    async () => {
      const lease = await claimedLease(storage, { name: "mails", session });
      await events.transaction(async (tx) => {
        await processing.within(events.using(tx.client)).commitWith(stepTo(lease, 0, 5));
        expect(await numberOf(storage)).toBe(0);
      });
      expect(await numberOf(storage)).toBe(5);
    },
  );

  it("wakes the listeners of another adapter on the same connection", async () => {
    const other = await SqliteProcessingStorageAdapter.open({ shareWith: events });
    await storage.beginSession({ id: session, name: "node", leaseMs: 10_000 });
    const woken = Promise.withResolvers<void>();
    const end = other.onChange(() => woken.resolve());
    await storage.endSession(session);
    await woken.promise;
    end();
    await other.close();
  });

  it("wakes nobody by beats, checkpoints and publishes, and once by a release", async () => {
    const lease = await claimedLease(storage, { name: "mails", session });
    const other = place === "file" ? await SqliteProcessingStorageAdapter.open({ filename }) : processing;
    const listener = vi.fn();
    const end = other.onChange(listener);
    await storage.beat({ session, name: "mails", subscriptions: [lease.subscription] });
    await storage.saveCheckpoints(stepTo(lease, 0, 5).moves ?? []);
    await events.storage.save(saveOf("a", 1));
    await delay(SOME_LOOKS_MS);
    expect(listener).not.toHaveBeenCalled();
    await storage.release([lease]);
    await vi.waitFor(() => expect(listener).toHaveBeenCalled());
    await storage.release([lease]);
    await delay(SOME_LOOKS_MS);
    expect(listener).toHaveBeenCalledTimes(1);
    end();
    if (other !== processing) await other.close();
  });

  it("wakes its listeners when the event adapter is closed, and looks no more", async () => {
    const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const other = await SqliteProcessingStorageAdapter.open({ shareWith: events, logger });
    const woken = Promise.withResolvers<void>();
    other.onChange(() => woken.resolve());
    await events.close();
    await woken.promise;
    await expect(other.storage.status({ names: [] })).rejects.toMatchObject({ code: "ADAPTER_CLOSED" });
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it("takes hostile names for names", async () => {
    const names = [
      "'; DROP TABLE eventfold_processing_sessions; --",
      '"]',
      "[1]",
      "null",
      "%_",
      "?",
      "\u{1f600}",
      "\\",
    ];
    for (const name of names) {
      const node = { name, session: randomUUID() };
      const lease = await claimedLease(storage, node);
      expect(await storage.tryLock({ ...node, holder: node.session })).toMatchObject({ kind: "taken" });
      const place = { sequenceNumber: 1, hash: 0, eventId: randomUUID(), category: name, stream: name };
      const event = { ...place, isWholeStream: true, attempts: 1, error: name };
      expect(await storage.park({ ...lease, event, was: undefined })).toEqual({ kind: "parked" });
      const listing = { subscription: lease.subscription, after: undefined, limit: 9 };
      const of = { category: name, stream: name };
      expect(await storage.listParked({ ...listing, of })).toMatchObject([event]);
      const parked = { kind: "stream", ...of } as const;
      await storage.endSession(node.session);
      const call = { subscription: lease.subscription, partitions: undefined, id: randomUUID() };
      await storage.request({ ...call, request: { kind: "drop", parked } });
      expect(await storage.listParked({ ...listing, of: undefined })).toEqual([]);
      expect((await storage.status({ names: [name] })).subscriptions.map((row) => row.name)).toEqual([name]);
    }
  });

  it("is not shared with another adapter, nor in its transactions", async () => {
    const foreign = SqliteProcessingStorageAdapter.open({ shareWith: {} as never });
    await expect(foreign).rejects.toThrow(TypeError);
    const other = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    await other.transaction(async (tx) => {
      expect(() => processing.within(tx)).toThrow(expect.objectContaining({ code: "UNSUITABLE_TRANSACTION" }));
    });
    await other.close();
  });

  describe.runIf(place === "file")("in a transaction on a connection of the caller's own", () => {
    let client: BetterSqlite3.Database;
    beforeEach(async () => {
      client = new BetterSqlite3(filename);
      client.exec("CREATE TABLE notes (text TEXT)");
    });
    afterEach(() => client.close());

    it("takes the step at once, seen by nobody before the commit", async () => {
      const lease = await claimedLease(storage, { name: "mails", session });
      client.exec("BEGIN IMMEDIATE");
      const inside = processing.within(events.using(client));
      await inside.commitWith(stepTo(lease, 0, 5));
      expect(await numberOf(storage)).toBe(0);
      client.exec("COMMIT");
      expect(await numberOf(storage)).toBe(5);
      await expect(inside.commitWith(stepTo(lease, 5, 6))).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
    });

    it("rejects a step that cannot be taken, and leaves nothing of it", async () => {
      const lease = await claimedLease(storage, { name: "mails", session });
      client.exec("BEGIN IMMEDIATE; INSERT INTO notes VALUES ('kept')");
      const unparked = [{ ...lease, parked: [{ sequenceNumber: 9, hash: 0 }] }];
      const step = processing.within(events.using(client)).commitWith({ ...stepTo(lease, 0, 5), unparked });
      await expect(step).rejects.toMatchObject({ code: "LEASE_LOST" });
      client.exec("COMMIT");
      expect([await numberOf(storage), client.prepare("SELECT text FROM notes").pluck().all()]).toEqual([0, ["kept"]]);
    });
  });

  it.runIf(place === "file")(
    "turns a beat away while another process holds the file, and goes on when it is gone",
    async () => {
      const lease = await claimedLease(storage, { name: "mails", session });
      const child = startChild("hold-lock.ts", [filename]);
      await child.printed(1);
      const beat = { session, name: "mails", subscriptions: [lease.subscription] };
      await expect(storage.beat(beat)).rejects.toMatchObject({ code: "STORAGE_BUSY", isRetryable: true });
      expect(await numberOf(storage)).toBe(0);
      child.process.kill("SIGKILL");
      await child.ended;
      expect(await storage.beat(beat)).toMatchObject({ kind: "beaten", sessions: [{ beat: 1 }] });
    },
  );
});
