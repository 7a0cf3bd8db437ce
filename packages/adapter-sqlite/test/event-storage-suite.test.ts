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
  // The statements are those of a file. Different is that one connection reads and writes, so that readers share it with
  // open transactions and scans (3, 5, 7, 11, 13, 14, 18, 23, 26, 27, 28, 29, 30, transactions), that the close is the end of the data (15,
  // 19), and how large publishes and scans go through it (2). Values, names, times, bounds, listings, ids and refusals cannot tell:
  // 1, 4, 6, 8, 9, 10, 12, 16, 17, 22, 24, 25. 20 needs a file; 21 has nothing here that could be cut.
  rules: [2, 3, 5, 7, 11, 13, 14, 15, 18, 19, 23, 26, 27, 28, 29, 30, "transactions"],
  capabilities: { durable: false, sharedStorage: false },
  create: async () => ({
    open: (options) => SqliteEventStorageAdapter.open({ filename: ":memory:", ...options }),
    dispose: async () => {},
  }),
});
