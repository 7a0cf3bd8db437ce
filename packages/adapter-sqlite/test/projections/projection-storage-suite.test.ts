import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { projectionStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { freshFolder } from "../fresh-folder.ts";

projectionStorageAdapterSuite(vitest, {
  name: "SQLite, in a file",
  create: async () => {
    const folder = await freshFolder();
    const filename = join(folder.path, "projections.db");
    return {
      open: (settings) => SqliteProjectionStorageAdapter.open({ filename, ...settings }),
      openShared: async (settings) => {
        const events = await SqliteEventStorageAdapter.open({ filename, ...settings });
        return { events, projections: await SqliteProjectionStorageAdapter.open({ shareWith: events }) };
      },
      dispose: folder.dispose,
    };
  },
});

projectionStorageAdapterSuite(vitest, {
  name: "SQLite, in memory",
  capabilities: { durable: false, sharedStorage: false },
  create: async () => ({
    open: (settings) => SqliteProjectionStorageAdapter.open({ filename: ":memory:", ...settings }),
    openShared: async (settings) => {
      const events = await SqliteEventStorageAdapter.open({ filename: ":memory:", ...settings });
      return { events, projections: await SqliteProjectionStorageAdapter.open({ shareWith: events }) };
    },
    dispose: async () => {},
  }),
});
