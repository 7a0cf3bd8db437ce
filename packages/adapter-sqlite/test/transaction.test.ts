import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SqliteEventStorageAdapter, type SqliteTransaction } from "@eventfold/adapter-sqlite";
import { drizzleOf, eventsTable } from "@eventfold/adapter-sqlite/drizzle";
import type { EventStorage } from "@eventfold/store/adapter";
import BetterSqlite3 from "better-sqlite3";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freshFolder } from "./fresh-folder.ts";
import { preparedEvent, saveOf } from "./prepared-event.ts";
import { LOG, scanned } from "./scanned.ts";

describe.each(["file", "memory"])("a transaction on SQLite, %s", (place) => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let filename: string;
  let adapter: SqliteEventStorageAdapter;
  beforeEach(async () => {
    folder = await freshFolder();
    filename = place === "file" ? join(folder.path, "events.db") : ":memory:";
    adapter = await SqliteEventStorageAdapter.open({ filename, writeTimeoutMs: 2_000 });
    await adapter.transaction(async ({ client }) => void client.exec("CREATE TABLE notes (text TEXT) STRICT"));
  });
  afterEach(async () => {
    await adapter.close();
    await folder.dispose();
  });

  const notes = () => adapter.transaction(async ({ client }) => client.prepare("SELECT text FROM notes").pluck().all());
  const note = (tx: SqliteTransaction, text: string) => tx.client.prepare("INSERT INTO notes VALUES (?)").run(text);

  it("commits events together with other tables, or neither", async () => {
    const failure = new Error("changed my mind");
    const attempt = adapter.transaction(async (tx) => {
      await tx.storage.save(saveOf("a", 2));
      note(tx, "rolled back");
      throw failure;
    });
    await expect(attempt).rejects.toBe(failure);
    const result = await adapter.transaction(async (tx) => {
      note(tx, "committed");
      return (await tx.storage.save(saveOf("a", 1))).kind;
    });
    expect(result).toBe("stored");
    expect(await notes()).toEqual(["committed"]);
    expect((await scanned(adapter.storage, LOG)).map(({ position }) => position)).toEqual([0]);
  });

  it("is invisible outside until it commits, and sees itself (never dirty)", async () => {
    await adapter.storage.save(saveOf("a", 1));
    await adapter.transaction(async ({ storage }) => {
      const publish = saveOf("b", 1);
      await storage.save(publish);
      await storage.save(saveOf("a", 1));
      expect(await scanned(adapter.storage, LOG)).toHaveLength(1);
      expect(await scanned(storage, LOG)).toHaveLength(3);
      const stream = { kind: "stream", category: "things", stream: "a" } as const;
      expect([(await adapter.storage.latest(stream))?.position, (await storage.latest(stream))?.position]).toEqual([
        0, 1,
      ]);
      const id = publish.writes[0]?.events[0]?.id ?? "";
      expect([await adapter.storage.eventById(id), (await storage.eventById(id))?.id]).toEqual([undefined, id]);
      expect([await streamsOf(adapter.storage), await streamsOf(storage)]).toEqual([["a"], ["a", "b"]]);
    });
    expect(await scanned(adapter.storage, LOG)).toHaveLength(3);
  });

  const streamsOf = async (storage: EventStorage): Promise<string[]> => {
    const names: string[] = [];
    for await (const page of storage.streams("things", { after: undefined, limit: undefined })) names.push(...page);
    return names;
  };

  it("makes other publishes wait, and turns them away in time when it is frozen (rule 5)", async () => {
    await adapter.close();
    adapter = await SqliteEventStorageAdapter.open({ filename, writeTimeoutMs: 100 });
    const thaw = Promise.withResolvers<void>();
    const frozen = adapter.transaction(async ({ storage }) => {
      await storage.save(saveOf("frozen", 1));
      await thaw.promise;
    });
    await delay(10);
    const outcomes = await Promise.allSettled([
      adapter.storage.save(saveOf("a", 1)),
      adapter.transaction(async () => "never"),
      adapter.storage.save(saveOf("b", 1)),
    ]);
    const codes = outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.code : outcome.status));
    expect(codes).toEqual(["STORAGE_BUSY", "STORAGE_BUSY", "STORAGE_BUSY"]);
    expect(await scanned(adapter.storage, LOG)).toEqual([]);
    thaw.resolve();
    await frozen;
    expect((await adapter.storage.save(saveOf("a", 1))).kind).toBe("stored");
  });

  it("refuses what would wait for itself, through any hops, and nothing else (NestedPublishError)", async () => {
    const mayGo = Promise.withResolvers<void>();
    const startedBefore = mayGo.promise.then(() => adapter.storage.save(saveOf("before", 1)));
    let later: Promise<unknown> = Promise.resolve();
    await adapter.transaction(async () => {
      mayGo.resolve();
      const nested = { code: "NESTED_PUBLISH" };
      await expect(adapter.storage.save(saveOf("a", 1))).rejects.toMatchObject(nested);
      await expect(adapter.transaction(async () => {})).rejects.toMatchObject(nested);
      await expect(adapter.close()).rejects.toMatchObject(nested);
      const hop = delay(1).then(() => new Promise((resolve) => setImmediate(resolve)));
      await expect(hop.then(() => adapter.storage.save(saveOf("a", 1)))).rejects.toMatchObject(nested);
      later = delay(20).then(() => adapter.storage.save(saveOf("later", 1)));
    });
    expect(((await startedBefore) as { kind: string }).kind).toBe("stored");
    expect(await later).toMatchObject({ kind: "stored" }); // started inside, done when it had ended
  });

  it("runs its callback in the asynchronous context of the caller, one after the other", async () => {
    const order: string[] = [];
    const one = (name: string) =>
      adapter.transaction(async () => {
        order.push(`${name} begins`);
        await delay(5);
        order.push(`${name} ends`);
      });
    await Promise.all([
      one("a"),
      adapter.storage.save(saveOf("between", 1)).then(() => order.push("between")),
      one("b"),
    ]);
    expect(order).toEqual(["a begins", "a ends", "between", "b begins", "b ends"]);
  });

  it("ends with its callback (TransactionEndedError)", async () => {
    const tx = await adapter.transaction(async (transaction) => transaction);
    expect(tx.storage.isClosed).toBe(true);
    const ended = { code: "TRANSACTION_ENDED" };
    await expect(tx.storage.save(saveOf("a", 1))).rejects.toMatchObject(ended);
    await expect(tx.storage.latest(LOG)).rejects.toMatchObject(ended);
    await expect(scanned(tx.storage, LOG)).rejects.toMatchObject(ended);
    expect(await scanned(adapter.storage, LOG)).toEqual([]);
  });

  it("says so when the callback has ended it by itself", async () => {
    const attempt = adapter.transaction(async ({ client }) => void client.exec("ROLLBACK"));
    await expect(attempt).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
    expect((await adapter.storage.save(saveOf("a", 1))).kind).toBe("stored");
  });

  it("does not commit while the callback's own iterator is open, and goes on when it is not", async () => {
    let iterator: IterableIterator<unknown> | undefined;
    const attempt = adapter.transaction(async (tx) => {
      note(tx, "one");
      note(tx, "two");
      iterator = tx.client.prepare("SELECT text FROM notes").iterate();
      iterator.next();
      expect(await scanned(adapter.storage, LOG)).toEqual([]); // reading outside is not disturbed by it
    });
    await expect(attempt).rejects.toMatchObject({ code: "STORAGE_FAILED" });
    iterator?.return?.();
    expect(await notes()).toEqual([]);
    expect((await adapter.storage.save(saveOf("a", 1))).kind).toBe("stored");
  });

  it("keeps no half publish when SQLite refuses one and the callback goes on", async () => {
    await adapter.transaction(async (tx) => {
      await tx.storage.save(saveOf("a", 1));
      const refused = tx.storage.save(saveOf("b", [preparedEvent(), preparedEvent({ version: 1.5 })]));
      await expect(refused).rejects.toMatchObject({ code: "STORAGE_FAILED" });
      note(tx, "went on");
    });
    expect((await scanned(adapter.storage, LOG)).map(({ stream }) => stream)).toEqual(["a"]);
    expect(await notes()).toEqual(["went on"]);
  });

  it("keeps nothing at all when the disk fills up inside it", async () => {
    const attempt = adapter.transaction(async (tx) => {
      tx.client.pragma(`max_page_count = ${Number(tx.client.pragma("page_count", { simple: true })) + 1}`);
      note(tx, "first");
      await tx.storage.save(saveOf("a", [preparedEvent({ payload: JSON.stringify("x".repeat(100_000)) })]));
    });
    await expect(attempt).rejects.toMatchObject({ code: "STORAGE_FULL" });
    await adapter.transaction(async ({ client }) => void client.pragma("max_page_count = 1000000"));
    expect(await notes()).toEqual([]);
    expect((await adapter.storage.save(saveOf("a", 1))).kind).toBe("stored");
  });

  it("wakes listeners once it is committed, not before", async () => {
    const seen: number[] = [];
    const reads: Promise<unknown>[] = [];
    const end = adapter.onChange(() =>
      reads.push(scanned(adapter.storage, LOG).then((events) => seen.push(events.length))),
    );
    await adapter.transaction(async ({ storage }) => {
      await storage.save(saveOf("a", 2));
      await delay(60);
      expect(reads).toEqual([]);
    });
    await Promise.all(reads);
    end();
    expect(seen).toEqual([2]);
  });

  it("gives a drizzle handle", async () => {
    const publish = saveOf("a", 1);
    const [found] = await adapter.transaction(async (tx) => {
      await tx.storage.save(publish);
      return drizzleOf(tx).select().from(eventsTable).where(eq(eventsTable.stream, "a")).all();
    });
    const event = publish.writes[0]?.events[0];
    expect(found).toMatchObject({ id: event?.id, payload: { n: 1 }, observedAt: new Date(event?.observedAtMs ?? 0) });
  });

  it.runIf(place === "file")("joins one that is open on the caller's own connection", async () => {
    const client = new BetterSqlite3(filename);
    const unsuitable = { code: "UNSUITABLE_TRANSACTION" };
    expect(() => adapter.using(client)).toThrow(expect.objectContaining(unsuitable));
    client.exec("BEGIN IMMEDIATE");
    const tx = adapter.using(client);
    await tx.storage.save(saveOf("a", 2));
    note(tx, "joined");
    expect(await scanned(adapter.storage, LOG)).toEqual([]);
    client.exec("COMMIT");
    expect(await scanned(adapter.storage, LOG)).toHaveLength(2);
    await expect(tx.storage.save(saveOf("a", 1))).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
    client.close();
  });

  it.runIf(place === "file")("says that one with a stale snapshot can only be rolled back", async () => {
    const client = new BetterSqlite3(filename);
    client.exec("BEGIN");
    const before = client.prepare("SELECT count(*) FROM eventfold_events").pluck().get();
    await adapter.storage.save(saveOf("a", 1));
    const tx = adapter.using(client);
    for (let call = 0; call < 2; call++) {
      await expect(tx.storage.save(saveOf("a", 1))).rejects.toMatchObject({
        code: "UNSUITABLE_TRANSACTION",
        isRetryable: false,
        message: expect.stringContaining("BEGIN IMMEDIATE"),
      });
    }
    expect(client.prepare("SELECT count(*) FROM eventfold_events").pluck().get()).toBe(before);
    client.exec("ROLLBACK; BEGIN IMMEDIATE");
    expect((await adapter.using(client).storage.save(saveOf("a", 1))).kind).toBe("stored");
    client.exec("COMMIT");
    client.close();
  });

  it("joins none that is open on another database", async () => {
    const client = new BetterSqlite3(":memory:");
    client.exec("BEGIN");
    expect(() => adapter.using(client)).toThrow(expect.objectContaining({ code: "UNSUITABLE_TRANSACTION" }));
    client.close();
  });
});
