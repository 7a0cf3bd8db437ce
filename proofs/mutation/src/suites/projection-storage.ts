import { MemoryEventStorageAdapter, MemoryProjectionStorageAdapter } from "@eventfold/adapter-memory";
import { projectionStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { TEST_TIMEOUT_MS } from "./test-timeout.ts";

projectionStorageAdapterSuite(vitest, {
  name: "memory",
  capabilities: { durable: false, sharedStorage: false },
  create: async () => ({
    open: (settings) => MemoryProjectionStorageAdapter.open(settings),
    openShared: async (settings) => {
      const events = await MemoryEventStorageAdapter.open(settings);
      return { events, projections: await MemoryProjectionStorageAdapter.open({ shareWith: events }) };
    },
    dispose: async () => {},
  }),
  timeLimitMs: TEST_TIMEOUT_MS,
});
