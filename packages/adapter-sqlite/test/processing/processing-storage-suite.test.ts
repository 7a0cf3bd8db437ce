import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { processingStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { freshFolder } from "../fresh-folder.ts";

processingStorageAdapterSuite(vitest, {
  name: "SQLite, in a file",
  create: async () => {
    const folder = await freshFolder();
    const filename = join(folder.path, "processing.db");
    return {
      open: (settings) => SqliteProcessingStorageAdapter.open({ filename, ...settings }),
      openShared: async (settings) => {
        const events = await SqliteEventStorageAdapter.open({ filename, ...settings });
        return { events, processing: await SqliteProcessingStorageAdapter.open({ shareWith: events }) };
      },
      dispose: folder.dispose,
    };
  },
});

processingStorageAdapterSuite(vitest, {
  name: "SQLite, in memory",
  // The statements are those of a file. Different is that nobody else can have the database open: what a transaction holds, what
  // wakes, what closing ends.
  rules: ["P12", "P13", "P15", "P16"],
  capabilities: { durable: false, sharedStorage: false },
  create: async () => ({
    open: (settings) => SqliteProcessingStorageAdapter.open({ filename: ":memory:", ...settings }),
    openShared: async (settings) => {
      const events = await SqliteEventStorageAdapter.open({ filename: ":memory:", ...settings });
      return { events, processing: await SqliteProcessingStorageAdapter.open({ shareWith: events }) };
    },
    dispose: async () => {},
  }),
});

processingStorageAdapterSuite(vitest, {
  name: "SQLite, on the connections of event adapters",
  // Different from a file of its own is whose queue and whose transactions they are.
  rules: ["P1", "P3", "P12", "P15", "P16"],
  create: async () => {
    const folder = await freshFolder();
    const filename = join(folder.path, "app.db");
    const openedEvents: SqliteEventStorageAdapter[] = [];
    const openShared = async (settings?: { readonly writeTimeoutMs?: number | undefined }) => {
      const events = await SqliteEventStorageAdapter.open({ filename, ...settings });
      openedEvents.push(events);
      return { events, processing: await SqliteProcessingStorageAdapter.open({ shareWith: events }) };
    };
    return {
      open: async (settings) => (await openShared(settings)).processing,
      openShared,
      dispose: async () => {
        for (const events of openedEvents) await events.close();
        await folder.dispose();
      },
    };
  },
});
