import { MemoryEventStorageAdapter, MemoryProcessingStorageAdapter } from "@eventfold/adapter-memory";
import { processingStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";

processingStorageAdapterSuite(vitest, {
  name: "memory",
  capabilities: { durable: false, sharedStorage: false },
  create: async () => ({
    open: (settings) => MemoryProcessingStorageAdapter.open(settings),
    openShared: async (settings) => {
      const events = await MemoryEventStorageAdapter.open(settings);
      return { events, processing: await MemoryProcessingStorageAdapter.open({ shareWith: events }) };
    },
    dispose: async () => {},
  }),
});
