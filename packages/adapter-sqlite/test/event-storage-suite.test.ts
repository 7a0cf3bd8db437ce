import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { eventStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { freshFolder } from "./fresh-folder.ts";

eventStorageAdapterSuite(vitest, {
  name: "SQLite in a file",
  create: async () => {
    const folder = await freshFolder();
    const filename = join(folder.path, "events.db");
    return { open: (options) => SqliteEventStorageAdapter.open({ filename, ...options }), dispose: folder.dispose };
  },
});

eventStorageAdapterSuite(vitest, {
  name: "SQLite in memory",
  capabilities: { durable: false, sharedStorage: false },
  create: async () => ({
    open: (options) => SqliteEventStorageAdapter.open({ filename: ":memory:", ...options }),
    dispose: async () => {},
  }),
});
