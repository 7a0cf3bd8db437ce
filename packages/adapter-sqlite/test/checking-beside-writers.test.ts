import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteKeyStorageAdapter } from "@eventfold/adapter-sqlite/keys";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freshFolder } from "./fresh-folder.ts";

const adapters = {
  processing: SqliteProcessingStorageAdapter,
  projections: SqliteProjectionStorageAdapter,
  keys: SqliteKeyStorageAdapter,
} as const;

describe.each(Object.entries(adapters))("a file of %s whose migrations are only checked", (_, adapter) => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let filename: string;
  let writer: BetterSqlite3.Database;

  beforeEach(async () => {
    folder = await freshFolder();
    filename = join(folder.path, "app.db");
    await (await adapter.open({ filename })).close();
    await (await SqliteEventStorageAdapter.open({ filename })).close();
    writer = new BetterSqlite3(filename);
    writer.exec("BEGIN IMMEDIATE");
  });

  afterEach(async () => {
    writer.close();
    await folder.dispose();
  });

  const options = { migrations: "check", writeTimeoutMs: 1 } as const;

  it("is opened while another process writes", async () => {
    await (await adapter.open({ filename, ...options })).close();
    await expect(adapter.open({ filename, ...options, migrations: "apply" })).rejects.toMatchObject({
      code: "STORAGE_BUSY",
    });
  });

  it("is opened so on the connection of an event adapter too", async () => {
    const events = await SqliteEventStorageAdapter.open({ filename, ...options });
    await adapter.open({ shareWith: events });
    await events.close();
  });
});
