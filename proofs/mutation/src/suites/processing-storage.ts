import { MemoryEventStorageAdapter, MemoryProcessingStorageAdapter } from "@eventfold/adapter-memory";
import { processingStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { TEST_TIMEOUT_MS } from "./test-timeout.ts";

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
  timeLimitMs: TEST_TIMEOUT_MS,
});
