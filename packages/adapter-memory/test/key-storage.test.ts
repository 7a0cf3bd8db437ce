import { MemoryEventStorageAdapter, MemoryKeyStorageAdapter } from "@eventfold/adapter-memory";
import { keyStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";

keyStorageAdapterSuite(vitest, {
  name: "memory",
  capabilities: { durable: false, sharedStorage: false },
  create: async () => ({
    open: () => MemoryKeyStorageAdapter.open(),
    openShared: async () => {
      const events = await MemoryEventStorageAdapter.open();
      return { events, keys: await MemoryKeyStorageAdapter.open({ shareWith: events }) };
    },
    dispose: async () => {},
  }),
});
