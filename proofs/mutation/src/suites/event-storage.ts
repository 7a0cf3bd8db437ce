import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { eventStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { TEST_TIMEOUT_MS } from "./test-timeout.ts";

eventStorageAdapterSuite(vitest, {
  name: "memory",
  capabilities: { durable: false, sharedStorage: false },
  create: async () => ({ open: (settings) => MemoryEventStorageAdapter.open(settings), dispose: async () => {} }),
  timeLimitMs: TEST_TIMEOUT_MS,
});
