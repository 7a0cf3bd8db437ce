import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { eventStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";

eventStorageAdapterSuite(vitest, {
  name: "the unbroken memory adapter",
  create: async () => ({ open: (settings) => MemoryEventStorageAdapter.open(settings), dispose: async () => {} }),
  capabilities: { durable: false, sharedStorage: false },
});
