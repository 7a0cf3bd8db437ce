import { copyFile, mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { EventStore } from "@eventfold/store";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startChild } from "./child.ts";
import { freshFolder } from "./fresh-folder.ts";
import { saveOf } from "./prepared-event.ts";
import { LOG, scanned } from "./scanned.ts";

const REPLACED = { code: "STORAGE_REPLACED", isRetryable: false };
const ENDINGS = ["", "-wal", "-shm"];

/** The ways in which a file is taken from under an adapter, and which path then leads elsewhere. */
const REMOVALS: readonly (readonly [string, string, (filename: string) => Promise<unknown>])[] = [
  ["the file was deleted", "", (filename) => rm(filename)],
  ["all three files were deleted", "", (filename) => Promise.all(ENDINGS.map((end) => rm(filename + end)))],
  ["the file was moved", "", (filename) => rename(filename, `${filename}.old`)],
  [
    "a backup was moved in",
    "",
    async (filename) => {
      await copyFile(filename, `${filename}.backup`);
      await rename(`${filename}.backup`, filename);
    },
  ],
  ["the log was deleted", "-wal", (filename) => rm(`${filename}-wal`)],
  [
    "the log was replaced",
    "-wal",
    async (filename) => {
      await rm(`${filename}-wal`);
      await writeFile(`${filename}-wal`, "");
    },
  ],
  ["the index of the log was deleted", "-shm", (filename) => rm(`${filename}-shm`)],
];

describe("files that were deleted or replaced while they were open", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let filename: string;
  let adapter: SqliteEventStorageAdapter;
  beforeEach(async () => {
    folder = await freshFolder();
    await mkdir(join(folder.path, "data"));
    filename = join(folder.path, "data", "app.db");
    adapter = await SqliteEventStorageAdapter.open({ filename });
    await adapter.storage.save(saveOf("a", 1));
  });
  afterEach(async () => {
    await adapter.close();
    await folder.dispose();
  });

  it.each(REMOVALS)("refuses every publish and transaction when %s", async (_, ending, remove) => {
    await remove(filename);
    const outcomes = await Promise.allSettled([
      adapter.storage.save(saveOf("a", 1)),
      adapter.storage.save(saveOf("b", 2)),
    ]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { ...REPLACED, path: filename + ending } });
    }
    let isCalled = false;
    const work = async () => {
      isCalled = true;
    };
    await expect(adapter.transaction(work)).rejects.toMatchObject(REPLACED);
    expect(isCalled).toBe(false);
  });

  it.each(REMOVALS)("notices that %s long after the folder was last changed", async (_, ending, remove) => {
    const hourAgo = new Date(Date.now() - 3_600_000);
    await utimes(join(folder.path, "data"), hourAgo, hourAgo);
    expect((await adapter.storage.save(saveOf("a", 1))).kind).toBe("stored");
    expect((await adapter.storage.save(saveOf("a", 1))).kind).toBe("stored");
    await remove(filename);
    await expect(adapter.storage.save(saveOf("a", 1))).rejects.toMatchObject({ ...REPLACED, path: filename + ending });
  });

  it("notices a second change of the folder within one step of its clock", async () => {
    const data = join(folder.path, "data");
    const now = new Date();
    await utimes(data, now, now);
    expect((await adapter.storage.save(saveOf("a", 1))).kind).toBe("stored");
    await rm(filename);
    await utimes(data, now, now);
    await expect(adapter.storage.save(saveOf("a", 1))).rejects.toMatchObject(REPLACED);
  });

  it("notices that a symbolic link to the file leads elsewhere, long after the folder was last changed", async () => {
    const link = join(folder.path, "current.db");
    await symlink(filename, link);
    await using linked = await SqliteEventStorageAdapter.open({ filename: link });
    const hourAgo = new Date(Date.now() - 3_600_000);
    await utimes(join(folder.path, "data"), hourAgo, hourAgo);
    expect((await linked.storage.save(saveOf("a", 1))).kind).toBe("stored");
    await copyFile(filename, join(folder.path, "other.db"));
    await symlink(join(folder.path, "other.db"), `${link}.next`);
    await rename(`${link}.next`, link);
    await expect(linked.storage.save(saveOf("a", 1))).rejects.toMatchObject({ ...REPLACED, path: link });
  });

  it("loses nothing that was acknowledged by anybody, when all files were deleted", async () => {
    await Promise.all(ENDINGS.map((ending) => rm(filename + ending)));
    const second = startChild("open-and-publish.ts", [filename]);
    await second.ended;
    expect(second.lines[0]).toBe("stored");
    await expect(adapter.storage.save(saveOf("a", 1))).rejects.toMatchObject(REPLACED);
    await adapter.close();
    adapter = await SqliteEventStorageAdapter.open({ filename });
    expect(await scanned(adapter.storage, LOG)).toHaveLength(1);
    expect((await adapter.storage.save(saveOf("a", 1))).kind).toBe("stored");
  });

  it("refuses the commit of a transaction in which the file was deleted", async () => {
    const publishing = adapter.transaction(async (tx) => {
      await tx.storage.save(saveOf("a", 1));
      await rm(filename);
    });
    await expect(publishing).rejects.toMatchObject(REPLACED);
  });

  it("reads nothing from a file that nobody else finds", async () => {
    await rm(filename);
    await expect(adapter.storage.latest(LOG)).rejects.toMatchObject(REPLACED);
    await expect(adapter.storage.eventById("")).rejects.toMatchObject(REPLACED);
    await expect(scanned(adapter.storage, LOG)).rejects.toMatchObject(REPLACED);
    await expect(
      adapter.storage.categories({ after: undefined, limit: 1 })[Symbol.asyncIterator]().next(),
    ).rejects.toMatchObject(REPLACED);
  });

  it("ends followers, rather than let them wait for what cannot come", async () => {
    const following = new EventStore({ adapter }).log().follow()[Symbol.asyncIterator]();
    expect((await following.next()).done).toBe(false);
    const next = expect(following.next()).rejects.toMatchObject(REPLACED);
    await rm(filename);
    await next;
  });

  it("goes on when the folder is put back", async () => {
    const data = join(folder.path, "data");
    await rename(data, `${data}.away`);
    await expect(adapter.storage.save(saveOf("a", 1))).rejects.toMatchObject(REPLACED);
    await rename(`${data}.away`, data);
    expect((await adapter.storage.save(saveOf("a", 1))).kind).toBe("stored");
    expect(await scanned(adapter.storage, LOG)).toHaveLength(2);
  });

  it("notices that a symbolic link leads elsewhere", async () => {
    const link = join(folder.path, "current");
    await symlink(join(folder.path, "data"), link);
    await using linked = await SqliteEventStorageAdapter.open({ filename: join(link, "app.db") });
    expect((await linked.storage.save(saveOf("a", 1))).kind).toBe("stored");
    await mkdir(join(folder.path, "next"));
    await copyFile(filename, join(folder.path, "next", "app.db"));
    await symlink(join(folder.path, "next"), `${link}.next`);
    await rename(`${link}.next`, link);
    await expect(linked.storage.save(saveOf("a", 1))).rejects.toMatchObject({
      ...REPLACED,
      path: join(link, "app.db"),
    });
    expect((await adapter.storage.save(saveOf("a", 1))).kind).toBe("stored");
  });

  it("knows its file in whatever directory the process works", async () => {
    const child = startChild("relative-path.ts", [folder.path]);
    await child.ended;
    expect(child.lines).toEqual(["stored", "STORAGE_REPLACED"]);
  });

  it("is of no concern to a database in memory", async () => {
    await using inMemory = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    expect((await inMemory.storage.save(saveOf("a", 1))).kind).toBe("stored");
    expect(await scanned(inMemory.storage, LOG)).toHaveLength(1);
  });

  it("joins no transaction on a file that was deleted", async () => {
    const client = new BetterSqlite3(filename);
    client.exec("BEGIN IMMEDIATE");
    const joined = adapter.using(client);
    await Promise.all(ENDINGS.map((ending) => rm(filename + ending)));
    await expect(joined.storage.save(saveOf("a", 1))).rejects.toMatchObject(REPLACED);
    expect(() => adapter.using(client)).toThrow(expect.objectContaining(REPLACED));
    client.close();
  });

  it("joins no transaction on a connection that still has the file from before", async () => {
    const client = new BetterSqlite3(filename);
    client.exec("SELECT 1 FROM eventfold_events");
    await Promise.all(ENDINGS.map((ending) => rm(filename + ending)));
    await using second = await SqliteEventStorageAdapter.open({ filename });
    client.exec("BEGIN");
    const joined = second.using(client);
    await expect(joined.storage.save(saveOf("a", 1))).rejects.toMatchObject({ code: "UNSUITABLE_TRANSACTION" });
    expect(client.prepare("SELECT count(*) FROM eventfold_events").pluck().get()).toBe(1);
    client.close();
    expect((await second.storage.save(saveOf("a", 1))).kind).toBe("stored");
  });

  it("does not keep the write lock from others after it refused", async () => {
    const client = new BetterSqlite3(filename, { timeout: 0 });
    client.exec("SELECT 1 FROM eventfold_events"); // which opens the log
    await rm(filename);
    await expect(adapter.storage.save(saveOf("a", 1))).rejects.toMatchObject(REPLACED);
    await expect(adapter.transaction(async () => {})).rejects.toMatchObject(REPLACED);
    client.exec("BEGIN IMMEDIATE; ROLLBACK");
    client.close();
  });

  it.each(REMOVALS)("refuses projections in a file of their own when %s", async (_, ending, remove) => {
    const own = join(folder.path, "data", "projections.db");
    const projections = await SqliteProjectionStorageAdapter.open({ filename: own });
    await projections.storage.activate({ name: "account", projectorVersion: 1 });
    await remove(own);
    const refusal = { ...REPLACED, path: own + ending };
    await expect(projections.storage.activate({ name: "account", projectorVersion: 2 })).rejects.toMatchObject(refusal);
    await expect(projections.transaction(async () => {})).rejects.toMatchObject(refusal);
    if (ending === "") await expect(projections.storage.activeVersion("account")).rejects.toMatchObject(refusal);
    await projections.close();
  });

  it("refuses projections that share the connection", async () => {
    await using projections = await SqliteProjectionStorageAdapter.open({ shareWith: adapter });
    await rm(filename);
    await expect(projections.storage.activeVersion("account")).rejects.toMatchObject(REPLACED);
    await expect(projections.storage.activate({ name: "account", projectorVersion: 1 })).rejects.toMatchObject(
      REPLACED,
    );
  });

  const beginning = { id: "018f0000-0000-7000-8000-000000000001", name: "node", leaseMs: 10_000 };

  it.each(REMOVALS)("refuses processing in a file of its own when %s", async (_, ending, remove) => {
    const own = join(folder.path, "data", "processing.db");
    const processing = await SqliteProcessingStorageAdapter.open({ filename: own });
    await processing.storage.beginSession(beginning);
    await remove(own);
    const refusal = { ...REPLACED, path: own + ending };
    await expect(processing.storage.endSession(beginning.id)).rejects.toMatchObject(refusal);
    await expect(processing.transaction(async () => {})).rejects.toMatchObject(refusal);
    if (ending === "") await expect(processing.storage.status({ names: [] })).rejects.toMatchObject(refusal);
    await processing.close();
  });

  it("refuses processing that shares the connection", async () => {
    await using processing = await SqliteProcessingStorageAdapter.open({ shareWith: adapter });
    await rm(filename);
    await expect(processing.storage.status({ names: [] })).rejects.toMatchObject(REPLACED);
    await expect(processing.storage.beginSession(beginning)).rejects.toMatchObject(REPLACED);
  });
});
