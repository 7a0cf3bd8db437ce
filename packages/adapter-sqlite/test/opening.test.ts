import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SqliteEventStorageAdapter, type SqliteEventStorageOptions } from "@eventfold/adapter-sqlite";
import { SqliteKeyStorageAdapter } from "@eventfold/adapter-sqlite/keys";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startChild } from "./child.ts";
import { freshFolder } from "./fresh-folder.ts";
import { saveOf } from "./prepared-event.ts";
import { LOG, scanned } from "./scanned.ts";

describe("SqliteEventStorageAdapter.open", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let filename: string;
  beforeEach(async () => {
    folder = await freshFolder();
    filename = join(folder.path, "events.db");
  });
  afterEach(() => folder.dispose());

  const opening = (options: Partial<SqliteEventStorageOptions> = {}) =>
    SqliteEventStorageAdapter.open({ filename, ...options });

  it("creates the file, and finds the events again", async () => {
    const first = await opening();
    await first.storage.save(saveOf("a", 2));
    await first.close();
    await using second = await opening({ migrations: "check" });
    expect(await scanned(second.storage, LOG)).toHaveLength(2);
    expect(second.capabilities).toEqual({
      durable: true,
      sharedStorage: true,
      transactions: true,
      notifications: true,
    });
  });

  it("leaves only the database behind when the last one closes", async () => {
    const adapter = await opening();
    await adapter.storage.save(saveOf("a", 2));
    await adapter.close();
    expect(await readdir(folder.path)).toEqual(["events.db"]);
  });

  it("lives in memory when asked to", async () => {
    await using adapter = await opening({ filename: ":memory:" });
    await adapter.storage.save(saveOf("a", 2));
    expect(adapter.capabilities).toMatchObject({ durable: false, sharedStorage: false });
  });

  it("flushes every commit on every connection, unless told otherwise", async () => {
    for (const [synchronous, level] of [
      [undefined, 2],
      ["full", 2],
      ["normal", 1],
    ] as const) {
      await using adapter = await opening({ synchronous });
      await adapter.transaction(async ({ client }) => {
        expect(client.pragma("synchronous", { simple: true })).toBe(level);
        expect(client.pragma("fullfsync", { simple: true })).toBe(1);
        expect(client.pragma("journal_mode", { simple: true })).toBe("wal");
      });
    }
  });

  it("adds its tables to those of an application", async () => {
    const application = new BetterSqlite3(filename);
    application.exec("CREATE TABLE events (id TEXT); CREATE TABLE users (id TEXT); PRAGMA user_version = 7");
    application.close();
    const adapter = await opening();
    await adapter.storage.save(saveOf("a", 1));
    await adapter.close();
    const again = new BetterSqlite3(filename);
    expect(again.pragma("user_version", { simple: true })).toBe(7);
    expect(again.prepare("SELECT count(*) FROM events").pluck().get()).toBe(0);
    again.close();
  });

  it.each([
    ["a text", "This is not a database. ".repeat(500)],
    ["a short text", "hello"],
    ["a torn header", "SQLite format 3\0".padEnd(4096, "x")],
  ])("refuses a file that is %s, and leaves it alone", async (_, contents) => {
    await writeFile(filename, contents);
    await expect(opening()).rejects.toMatchObject({ code: "NOT_A_DATABASE" });
    expect(await readFile(filename, "utf8")).toBe(contents);
    expect(await readdir(folder.path)).toEqual(["events.db"]);
  });

  it("refuses a directory", async () => {
    await mkdir(filename);
    await expect(opening()).rejects.toMatchObject({ code: "NOT_A_DATABASE" });
  });

  it("refuses a database whose names would not sort by code point", async () => {
    const client = new BetterSqlite3(filename);
    client.exec("PRAGMA encoding = 'UTF-16'; CREATE TABLE t (a TEXT)");
    client.close();
    await expect(opening()).rejects.toMatchObject({ code: "NOT_A_DATABASE" });
  });

  it("refuses an option that there is not, and creates no file", async () => {
    const others = [SqliteProjectionStorageAdapter, SqliteProcessingStorageAdapter, SqliteKeyStorageAdapter];
    for (const Adapter of [SqliteEventStorageAdapter, ...others]) {
      const options = { filename, migration: "check" } as never;
      await expect(Adapter.open(options)).rejects.toThrow(`The options of ${Adapter.name}.open may have`);
    }
    expect(existsSync(filename)).toBe(false);
  });

  it("says that the directory does not exist", async () => {
    await expect(opening({ filename: join(folder.path, "missing", "events.db") })).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
    });
  });

  it("refuses a schema that is newer, and leaves it alone", async () => {
    await (await opening()).close();
    const client = new BetterSqlite3(filename);
    client.exec("INSERT INTO eventfold_migrations VALUES ('events', 99, 'from-the-future', 'x', 0, 0)");
    client.close();
    for (const migrations of ["apply", "check"] as const) {
      await expect(opening({ migrations })).rejects.toMatchObject({ code: "SCHEMA_TOO_NEW", storedVersion: 99 });
    }
  });

  it("refuses pending migrations when it is only to check", async () => {
    await expect(opening({ migrations: "check" })).rejects.toMatchObject({ code: "SCHEMA_TOO_OLD", storedVersion: 0 });
  });

  it("makes and changes nothing when it is only to check and there is no log", async () => {
    await expect(opening({ migrations: "check" })).rejects.toMatchObject({ code: "SCHEMA_TOO_OLD" });
    expect(await readdir(folder.path)).toEqual([]);
    const other = new BetterSqlite3(filename);
    other.exec("CREATE TABLE others (text TEXT)");
    other.close();
    const before = await readFile(filename);
    await expect(opening({ migrations: "check" })).rejects.toMatchObject({ code: "SCHEMA_TOO_OLD", storedVersion: 0 });
    expect(await readdir(folder.path)).toEqual(["events.db"]);
    expect((await readFile(filename)).equals(before)).toBe(true);
  });

  it("keeps the ordering guarantee that a log was created with (rule 7)", async () => {
    await (await opening({ orderingGuarantee: "category" })).close();
    await expect(opening({ orderingGuarantee: "log" })).rejects.toMatchObject({
      code: "ORDERING_GUARANTEE_MISMATCH",
      stored: "category",
      requested: "log",
    });
    await using adapter = await opening();
    expect(adapter.orderingGuarantee).toBe("category");
  });

  it.each([
    { filename: "" },
    { filename: "other.db\0.db" },
    { filename: "\0" },
    { filename: " " },
    { filename: "other.db " },
    { filename: "\nother.db" },
    { filename: " :memory:" },
    { filename: "file:other.db" },
    { filename: "file:///tmp/other.db?mode=memory" },
    { filename: "other-\ud800.db" },
    { filename: 7 },
    { writeTimeoutMs: -1 },
    { writeTimeoutMs: Number.NaN },
    { migrations: "maybe" },
    { synchronous: "off" },
    { orderingGuarantee: "none" },
  ])("refuses %o before it touches anything", async (wrong) => {
    const error = await opening(wrong as unknown as SqliteEventStorageOptions).catch((cause: unknown) => cause);
    expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
    expect(await readdir(folder.path)).toEqual([]);
  });

  describe("by somebody who may not write", () => {
    // Root may write everywhere, so the attempt is made as somebody else.
    const uid = process.getuid?.() === 0 ? 65_534 : undefined;
    const reported = async (): Promise<string | undefined> => {
      const child = startChild("open-and-publish.ts", [filename], { uid });
      await child.ended;
      return child.lines[0];
    };

    it("refuses a file that is read-only", async () => {
      await (await opening()).close();
      await chmod(folder.path, 0o777);
      await chmod(filename, 0o444);
      expect(await reported()).toBe("STORAGE_READ_ONLY");
    });

    it("refuses a directory that is read-only", async () => {
      await (await opening()).close();
      await chmod(filename, 0o666);
      await chmod(folder.path, 0o555);
      expect(await reported()).toBe("STORAGE_READ_ONLY");
      await chmod(folder.path, 0o777);
      expect(await reported()).toBe("stored");
    });

    it("refuses a file that may not be read", async () => {
      await (await opening()).close();
      await chmod(folder.path, 0o777);
      await chmod(filename, 0o000);
      expect(await reported()).toBe("STORAGE_ACCESS_DENIED");
    });
  });
});
