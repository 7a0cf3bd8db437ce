import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { Replica } from "@eventfold/replica";
import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import type { StoredEventText } from "@eventfold/store/adapter";
import { StorageUnavailableError } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { fillLog, type NoteEvents, someNotes } from "./events.ts";
import { followWhileWriting } from "./following.ts";
import { freshFile } from "./fresh-folder.ts";
import { readLog } from "./read-log.ts";

describe.each(["log", "category", "stream"] as const)(
  'a replica of a log with the guarantee "%s"',
  (orderingGuarantee) => {
    it("is a beginning of a log in memory at any time, and then the whole", async () => {
      await using log = await MemoryEventStorageAdapter.open({ orderingGuarantee });
      await followWhileWriting(log);
    });

    it("is a beginning of a log in SQLite at any time, and then the whole", async () => {
      await using log = await SqliteEventStorageAdapter.open({
        filename: await freshFile("log.db"),
        orderingGuarantee,
      });
      await followWhileWriting(log);
    });
  },
);

describe("a replica", () => {
  it("takes over ids, numbers with their gaps, positions, tags, times and texts as they are", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 1_500);
    const gap = {
      name: "noted",
      category: "notes",
      stream: "gap",
      position: 0,
      version: 3,
      observedAtMs: 1,
      occurredAtMs: 2,
    };
    await log.restore({
      newest: (await readLog(log)).at(-1),
      events: [
        {
          ...gap,
          id: "01a230a5-9ebb-743c-ba0a-9ea5e4724ded",
          sequenceNumber: 70_000,
          tags: ["b", "a"],
          payload: '{"n": -0}',
          metadata: "[1e2]",
        },
      ],
      upTo: 80_000,
    });
    await using replica = await Replica.open({ of: log, filename: await freshFile() });
    await replica.upTo(70_000);
    expect(await readLog(replica)).toEqual(await readLog(log));
    expect(await textsOf(replica)).toEqual(await textsOf(log));
    expect(await replica.lag()).toMatchObject({ sequenceNumbers: 0 });
  });

  it("copies the library's own categories too", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    const [own] = await saveTo(log, "$own");
    await using replica = await Replica.open({ of: log, filename: await freshFile() });
    await replica.upTo(own?.sequenceNumber ?? 0);
    expect(await replica.storage.latest({ kind: "category", category: "$own" })).toEqual(own);
  });

  it("follows an adapter that does not yield texts by its events", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 50);
    const storage = new Proxy(log.storage, {
      get: (target, member) => {
        const value = member === "storedTexts" ? undefined : Reflect.get(target, member, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const plain = new Proxy<EventStorageAdapter>(log, {
      get: (target, member) => {
        const value = member === "storage" ? storage : Reflect.get(target, member, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    await using replica = await Replica.open({ of: plain, filename: await freshFile() });
    await replica.upTo(50);
    expect(await readLog(replica)).toEqual(await readLog(log));
  });

  it("goes on where it was when it is opened again", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    const filename = await freshFile();
    await fillLog(log, 100);
    const before = await Replica.open({ of: log, filename });
    await before.upTo(100);
    await before.close();
    await fillLog(log, 100, 100);
    await using replica = await Replica.open({ of: log, filename });
    await replica.upTo(200);
    expect(await readLog(replica)).toEqual(await readLog(log));
  });

  it("refuses to be published to", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await using replica = await Replica.open({ of: log, filename: await freshFile() });
    const stream = new EventStore({ adapter: replica }).stream<NoteEvents>({ category: "notes", stream: "a" });
    await expect(stream.publish({ events: someNotes(1) })).rejects.toMatchObject({ code: "STORAGE_READ_ONLY" });
    expect(replica.capabilities).toMatchObject({ transactions: false, freshReads: false });
  });

  it("says in upTo how far it has come when the time is over, and ends by the signal and by the close", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 10);
    await using replica = await Replica.open({ of: log, filename: await freshFile() });
    await replica.upTo(10);
    await expect(replica.upTo(11, { timeoutMs: 0 })).rejects.toMatchObject({
      code: "REPLICA_BEHIND",
      isRetryable: true,
      sequenceNumber: 11,
      upTo: 10,
    });
    const reason = new Error("enough");
    await expect(replica.upTo(11, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const waiting = replica.upTo(11);
    const closing = replica.close();
    await expect(waiting).rejects.toMatchObject({ code: "ADAPTER_CLOSED" });
    await closing;
    await expect(replica.upTo(1)).rejects.toMatchObject({ code: "ADAPTER_CLOSED" });
    for (const wrong of [-1, 1.5, Number.NaN, 2 ** 53]) await expect(replica.upTo(wrong)).rejects.toThrow(RangeError);
    await expect(replica.upTo(1, { timeoutMs: -1 })).rejects.toThrow(RangeError);
  });

  it("goes on by itself after the log could not be read, and opens without it", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 20);
    let failures = 3;
    const horizon: EventStorageAdapter["storage"]["horizon"] = (source) =>
      failures-- > 0 ? Promise.reject(new StorageUnavailableError("gone")) : log.storage.horizon(source);
    const storage = new Proxy(log.storage, {
      get: (target, member) => {
        const value = member === "horizon" ? horizon : Reflect.get(target, member, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const failing = new Proxy<EventStorageAdapter>(log, {
      get: (target, member) => {
        const value = member === "storage" ? storage : Reflect.get(target, member, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    await using replica = await Replica.open({ of: failing, filename: await freshFile() });
    await replica.upTo(20);
    expect(replica.failure).toBeUndefined();
  });

  it("needs a file and a log", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await expect(Replica.open({ of: log, filename: ":memory:" })).rejects.toThrow(RangeError);
    await expect(Replica.open({ of: {} as never, filename: "x.db" })).rejects.toThrow(TypeError);
  });
});

async function textsOf(adapter: EventStorageAdapter) {
  const texts: StoredEventText[] = [];
  for await (const page of adapter.storage.storedTexts?.({ kind: "log" }, { direction: "forwards" }) ?? [])
    texts.push(...page);
  return texts;
}

async function saveTo(adapter: EventStorageAdapter, category: string) {
  const event = {
    id: crypto.randomUUID(),
    name: "made",
    payload: "{}",
    metadata: null,
    version: 1,
    observedAtMs: 1,
    occurredAtMs: 1,
    tags: [],
  };
  const result = await adapter.storage.save({
    writes: [{ category, stream: "a", events: [event], allowed: undefined }],
  });
  return result.kind === "stored" ? (result.events[0] ?? []) : [];
}
