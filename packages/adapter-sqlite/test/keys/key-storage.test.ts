import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteKeyStorageAdapter } from "@eventfold/adapter-sqlite/keys";
import type { KeyStorage, StoredKey } from "@eventfold/events";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freshFolder } from "../fresh-folder.ts";

/** A key with a secret that can be looked for in files. */
function aKey(n: number, subject: string): StoredKey {
  const id = `018f0000-0000-4000-8000-${String(n).padStart(12, "0")}`;
  return { id, subject, secret: `<secret ${String(n).padStart(32, "0")}>`, encryptedWith: undefined };
}

const adding = (key: StoredKey) => ({ key, replaces: undefined });
const tombstone = (subject: string) => ({ subject, forgottenAt: new Date(0) });

describe("keys in a file", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let filename: string;
  beforeEach(async () => {
    folder = await freshFolder();
    filename = join(folder.path, "keys.db");
  });
  afterEach(() => folder.dispose());

  it("are overwritten when their subject is forgotten, in the file and in its log", async () => {
    const adapter = await SqliteKeyStorageAdapter.open({ filename });
    const keys = Array.from({ length: 1_000 }, (_, n) => aKey(n, `subject-${n % 250}`));
    for (const [n, key] of keys.entries()) {
      await adapter.storage.add([{ key, replaces: n < 250 ? undefined : keys[n - 250]?.id }]);
    }
    const forgotten = keys.filter((_, n) => n % 3 === 0);
    const left = keys.filter(({ subject }) => !forgotten.some((key) => key.subject === subject));
    const subjects = [...new Set(forgotten.map(({ subject }) => subject))];
    const isIn = async (key: StoredKey) => {
      const files = await Promise.all([filename, `${filename}-wal`].map((file) => readFile(file, "latin1")));
      return files.some((text) => text.includes(key.secret));
    };
    expect(await isIn(forgotten[0] as StoredKey)).toBe(true);
    await adapter.storage.forget(subjects.map(tombstone));
    const files = await Promise.all([filename, `${filename}-wal`].map((file) => readFile(file, "latin1")));
    const found = keys.filter(({ secret }) => files.some((text) => text.includes(secret)));
    expect(found.filter(({ subject }) => subjects.includes(subject))).toEqual([]);
    expect(found.length).toBe(left.length);
    await adapter.close();
  });

  it("are overwritten on the connection of an event adapter too", async () => {
    const events = await SqliteEventStorageAdapter.open({ filename });
    const adapter = await SqliteKeyStorageAdapter.open({ shareWith: events });
    const key = aKey(1, "ada");
    await adapter.storage.add([adding(key)]);
    await adapter.storage.forget([tombstone("ada")]);
    for (const file of [filename, `${filename}-wal`]) expect(await readFile(file, "latin1")).not.toContain(key.secret);
    await events.close();
  });

  it("are forgotten though somebody else is reading, and overwritten by the next checkpoint", async () => {
    const adapter = await SqliteKeyStorageAdapter.open({ filename });
    const key = aKey(1, "ada");
    await adapter.storage.add([adding(key)]);
    const reader = new BetterSqlite3(filename);
    reader.exec("BEGIN; SELECT * FROM eventfold_keys");
    await adapter.storage.forget([tombstone("ada")]);
    expect(await adapter.storage.find([{ id: key.id, subject: "ada" }])).toMatchObject([{ kind: "forgotten" }]);
    reader.exec("ROLLBACK");
    reader.close();
    await adapter.close();
    expect(await readFile(filename, "latin1")).not.toContain(key.secret);
  });

  it("says which migrations it has, and refuses a newer schema", async () => {
    const adapter = await SqliteKeyStorageAdapter.open({ filename });
    expect(await adapter.migrations()).toMatchObject([{ version: 1, name: "keys", appliedAt: expect.any(Date) }]);
    await adapter.close();
    const client = new BetterSqlite3(filename);
    client.exec("UPDATE eventfold_migrations SET version = 99, compatible = 0 WHERE component = 'keys'");
    client.close();
    await expect(SqliteKeyStorageAdapter.open({ filename })).rejects.toMatchObject({ code: "SCHEMA_TOO_NEW" });
    const fresh = join(folder.path, "fresh.db");
    const checking = SqliteKeyStorageAdapter.open({ filename: fresh, migrations: "check" });
    await expect(checking).rejects.toMatchObject({ code: "SCHEMA_TOO_OLD" });
  });

  it("cannot be made inside a transaction on the same connection, and can be in a file of their own", async () => {
    const events = await SqliteEventStorageAdapter.open({ filename });
    const shared = await SqliteKeyStorageAdapter.open({ shareWith: events });
    const own = await SqliteKeyStorageAdapter.open({ filename: join(folder.path, "own.db") });
    await shared.storage.add([adding(aKey(1, "known"))]);
    await events.transaction(async () => {
      await expect(shared.storage.add([adding(aKey(2, "new"))])).rejects.toMatchObject({ code: "NESTED_PUBLISH" });
      expect(await shared.storage.current(["known"])).toMatchObject([{ kind: "keyed" }]);
      expect(await own.storage.add([adding(aKey(2, "new"))])).toMatchObject([{ kind: "keyed" }]);
    });
    await Promise.all([own.close(), events.close()]);
  });

  it("refuses to share with anything but an event adapter of this package", async () => {
    const attempt = SqliteKeyStorageAdapter.open({ shareWith: {} as SqliteEventStorageAdapter });
    await expect(attempt).rejects.toThrow(TypeError);
    const events = await SqliteEventStorageAdapter.open({ filename });
    await events.close();
    await expect(SqliteKeyStorageAdapter.open({ shareWith: events })).rejects.toMatchObject({ code: "ADAPTER_CLOSED" });
  });
});

describe("keys in a database that somebody has changed by hand", () => {
  let events: SqliteEventStorageAdapter;
  let storage: KeyStorage;
  const key = aKey(1, "ada");
  const changed = (sql: string) => events.transaction(async ({ client }) => void client.exec(sql));
  beforeEach(async () => {
    events = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    storage = (await SqliteKeyStorageAdapter.open({ shareWith: events })).storage;
    await storage.add([adding(key)]);
  });
  afterEach(() => events.close());

  it("is called that when tables are missing", async () => {
    await changed("DROP TABLE eventfold_keys; DROP TABLE eventfold_key_subjects");
    const calls = [
      () => storage.current(["ada"]),
      () => storage.add([adding(aKey(2, "bea"))]),
      () => storage.find([{ id: key.id, subject: "ada" }]),
      () => storage.forget([tombstone("ada")]),
      () => storage.listKeys({ after: undefined, limit: 1 }),
      () => SqliteKeyStorageAdapter.open({ shareWith: events }),
    ];
    for (const call of calls)
      await expect(call()).rejects.toMatchObject({ code: "NOT_A_DATABASE", isRetryable: false });
  });

  it.each([
    ["a key", "INSERT ON eventfold_keys", () => storage.add([adding(aKey(2, "bea"))])],
    ["a current key", "INSERT ON eventfold_key_subjects", () => storage.add([adding(aKey(2, "bea"))])],
    ["a deletion", "DELETE ON eventfold_keys", () => storage.forget([tombstone("ada")])],
    ["a tombstone", "UPDATE ON eventfold_key_subjects", () => storage.forget([tombstone("ada")])],
  ])("acknowledges nothing that a trigger ignores: %s", async (_, write, call) => {
    await changed(`CREATE TRIGGER ignoring BEFORE ${write} BEGIN SELECT RAISE(IGNORE); END`);
    await expect(call()).rejects.toMatchObject({ code: "STORAGE_FAILED", message: expect.stringContaining("trigger") });
    await changed("DROP TRIGGER ignoring");
    expect(await storage.current(["ada", "bea"])).toEqual([{ kind: "keyed", key }, { kind: "keyless" }]);
    expect(await storage.listKeys({ after: undefined, limit: 9 })).toEqual([key]);
  });

  it("neither makes a new key in the place of one that was deleted, nor calls it forgotten", async () => {
    await changed("DELETE FROM eventfold_keys");
    const error = { code: "STORAGE_FAILED", message: expect.stringContaining("by hand") };
    await expect(storage.current(["ada"])).rejects.toMatchObject(error);
    await expect(storage.add([adding(aKey(2, "ada"))])).rejects.toMatchObject(error);
    expect(await storage.forget([tombstone("ada")])).toEqual([tombstone("ada")]);
  });
});
