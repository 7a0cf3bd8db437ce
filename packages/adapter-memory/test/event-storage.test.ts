import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { eventStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";

eventStorageAdapterSuite(vitest, {
  name: "memory",
  capabilities: { durable: false, sharedStorage: false },
  create: async () => ({ open: (settings) => MemoryEventStorageAdapter.open(settings), dispose: async () => {} }),
});
