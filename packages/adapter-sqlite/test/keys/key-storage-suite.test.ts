import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteKeyStorageAdapter } from "@eventfold/adapter-sqlite/keys";
import { keyStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { freshFolder } from "../fresh-folder.ts";

keyStorageAdapterSuite(vitest, {
  name: "SQLite, in a file",
  create: async () => {
    const folder = await freshFolder();
    const filename = join(folder.path, "keys.db");
    return {
      open: () => SqliteKeyStorageAdapter.open({ filename }),
      openShared: async () => {
        const events = await SqliteEventStorageAdapter.open({ filename });
        return { events, keys: await SqliteKeyStorageAdapter.open({ shareWith: events }) };
      },
      dispose: folder.dispose,
    };
  },
});

keyStorageAdapterSuite(vitest, {
  name: "SQLite, in memory",
  // The statements are those of a file. Different is what closing ends.
  rules: ["K8"],
  capabilities: { durable: false, sharedStorage: false },
  create: async () => ({
    open: () => SqliteKeyStorageAdapter.open({ filename: ":memory:" }),
    openShared: async () => {
      const events = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
      return { events, keys: await SqliteKeyStorageAdapter.open({ shareWith: events }) };
    },
    dispose: async () => {},
  }),
});
