import { copyFile, rm, stat, truncate } from "node:fs/promises";
import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { Replica } from "@eventfold/replica";
import type { EventStorageAdapter } from "@eventfold/store";
import type { EventText } from "@eventfold/store/adapter";
import { describe, expect, it } from "vitest";
import { fillLog } from "./events.ts";
import { freshFile } from "./fresh-folder.ts";
import { readLog } from "./read-log.ts";

/** A replica of a log, caught up and closed. */
async function replicaOf(log: EventStorageAdapter, filename: string): Promise<void> {
  await using replica = await Replica.open({ of: log, filename });
  await replica.upTo(await log.storage.horizon({ kind: "log" }));
}

/** A log in memory with the first events of another one. */
async function beginningOf(log: MemoryEventStorageAdapter, count: number): Promise<MemoryEventStorageAdapter> {
  const copy = await MemoryEventStorageAdapter.open();
  const events: EventText[] = [];
  for await (const page of log.storage.storedTexts?.({ kind: "log" }, { direction: "forwards", limit: count }) ?? []) {
    events.push(...page);
  }
  await copy.restore({ newest: undefined, events });
  return copy;
}

describe("a replica that is opened on a file", () => {
  it("refuses a log that is not the one it followed, and leaves the file as it was", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await using other = await MemoryEventStorageAdapter.open();
    await fillLog(log, 100);
    await fillLog(other, 200);
    const filename = await freshFile();
    await replicaOf(log, filename);
    await expect(Replica.open({ of: other, filename })).rejects.toMatchObject({
      code: "REPLICA_MISMATCH",
      reason: "other-log",
      event: { sequenceNumber: 100 },
      isRetryable: false,
    });
    await fillLog(log, 10, 100);
    await replicaOf(log, filename);
  });

  it("refuses a log that has lost its newest events, empty or not", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 100);
    const filename = await freshFile();
    await replicaOf(log, filename);
    for (const count of [0, 99]) {
      await using shorter = await beginningOf(log, count);
      await expect(Replica.open({ of: shorter, filename })).rejects.toMatchObject({
        code: "REPLICA_MISMATCH",
        reason: "lost-events",
        event: { sequenceNumber: 100 },
      });
    }
  });

  it("refuses a log that has lost its newest events and given their numbers to others", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 100);
    const filename = await freshFile();
    await replicaOf(log, filename);
    await using restored = await beginningOf(log, 90);
    await fillLog(restored, 50, 500);
    await expect(Replica.open({ of: restored, filename })).rejects.toMatchObject({ reason: "other-log" });
  });

  it("refuses a log that differs before its newest event", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 100);
    const filename = await freshFile();
    await replicaOf(log, filename);
    await using other = await MemoryEventStorageAdapter.open();
    await fillLog(other, 90);
    const tail: EventText[] = [];
    for await (const page of log.storage.storedTexts?.({ kind: "log" }, { direction: "forwards", after: 90 }) ?? [])
      tail.push(...page);
    await other.restore({ newest: (await readLog(other)).at(-1), events: tail });
    await expect(Replica.open({ of: other, filename })).rejects.toMatchObject({ reason: "other-log" });
  });

  it("refuses a file that is somebody's log, and writes nothing to it", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    const filename = await freshFile();
    const app = await SqliteEventStorageAdapter.open({ filename });
    await fillLog(app, 10);
    const before = await readLog(app);
    await expect(Replica.open({ of: log, filename })).rejects.toMatchObject({ reason: "not-a-replica" });
    expect(await readLog(app)).toEqual(before);
    await app.close();
  });

  it("refuses a file that others have published to", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 10);
    const filename = await freshFile();
    await replicaOf(log, filename);
    await using app = await SqliteEventStorageAdapter.open({ filename });
    await fillLog(app, 10, 500);
    await expect(Replica.open({ of: log, filename })).rejects.toMatchObject({ reason: "written-to" });
  });

  it("refuses a file that was replaced by that of another log's replica", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await using other = await MemoryEventStorageAdapter.open();
    await fillLog(log, 30);
    await fillLog(other, 30);
    const [filename, another] = [await freshFile(), await freshFile("other.db")];
    await replicaOf(log, filename);
    await replicaOf(other, another);
    await copyFile(another, filename);
    await expect(Replica.open({ of: log, filename })).rejects.toMatchObject({ reason: "other-log" });
  });

  it("copies everything again after its file was deleted", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 30);
    const filename = await freshFile();
    await replicaOf(log, filename);
    await rm(filename);
    await using replica = await Replica.open({ of: log, filename });
    await replica.upTo(30);
    expect(await readLog(replica)).toEqual(await readLog(log));
  });

  it("refuses a file that was cut short, at whatever place", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 1_000);
    const whole = await freshFile("whole.db");
    await replicaOf(log, whole);
    const { size } = await stat(whole);
    for (const length of [50, 4_096, Math.floor(size / 2), size - 4_096, size - 1]) {
      const filename = await freshFile();
      await copyFile(whole, filename);
      await truncate(filename, length);
      await expect(Replica.open({ of: log, filename }), `cut to ${length} of ${size} bytes`).rejects.toMatchObject({
        code: "NOT_A_DATABASE",
      });
    }
  });
});

describe("a replica that is open", () => {
  it("stops when its log turns out to be another one, and says so to those who wait", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 100);
    await using shorter = await beginningOf(log, 90);
    let current = log;
    const of = switching(() => current);
    await using replica = await Replica.open({ of, filename: await freshFile() });
    await replica.upTo(100);
    current = shorter; // as after a failover to a server that has not received everything
    await fillLog(shorter, 50, 500);
    for (const wake of of.wakeUps) wake();
    await expect(replica.upTo(130)).rejects.toMatchObject({ code: "REPLICA_MISMATCH", reason: "other-log" });
    expect(replica.failure).toMatchObject({ code: "REPLICA_MISMATCH" });
    expect(replica.isFollowing).toBe(false);
    expect(await readLog(replica)).toEqual(await readLog(log));
  });

  it("does not go on in a file that was deleted or replaced meanwhile", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 10);
    const filename = await freshFile();
    await using replica = await Replica.open({ of: log, filename });
    await replica.upTo(10);
    await rm(filename);
    await fillLog(log, 10, 10);
    await expect(replica.upTo(20)).rejects.toMatchObject({ code: "STORAGE_REPLACED" });
    await expect(readLog(replica)).rejects.toMatchObject({ code: "STORAGE_REPLACED" });
  });
});

/** An adapter that is another one from one moment to the next, and the listeners to be told. */
function switching(current: () => EventStorageAdapter): EventStorageAdapter & { readonly wakeUps: Set<() => void> } {
  const wakeUps = new Set<() => void>();
  const through = <T extends object>(target: () => T): T =>
    new Proxy(target(), {
      get: (_, member) => {
        const found = Reflect.get(target(), member, target()) as unknown;
        return typeof found === "function" ? found.bind(target()) : found;
      },
    });
  const storage = through(() => current().storage);
  return new Proxy(current(), {
    get: (_, member) => {
      if (member === "wakeUps") return wakeUps;
      if (member === "storage") return storage;
      if (member === "onChange") {
        return (listener: () => void) => {
          wakeUps.add(listener);
          return () => wakeUps.delete(listener);
        };
      }
      const found = Reflect.get(current(), member, current()) as unknown;
      return typeof found === "function" ? found.bind(current()) : found;
    },
  }) as EventStorageAdapter & { readonly wakeUps: Set<() => void> };
}
