import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { projectionStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { freshFolder } from "../fresh-folder.ts";
import { IS_SOAK } from "../sizes.ts";

projectionStorageAdapterSuite(vitest, {
  name: "SQLite, in a file",
  concurrency: IS_SOAK ? {} : { queries: 100 }, // the agreement tests ask some thousand more
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
  // The statements are those of a file. Different is that one connection reads and writes, also where it is shared with
  // events: what a transaction holds, what readers see meanwhile, what closing ends. Queries, versions and values cannot tell.
  rules: ["saving", "deleting", "transactions", "sharing", "life cycle"],
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
