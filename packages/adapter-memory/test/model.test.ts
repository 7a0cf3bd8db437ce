import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { eventStorageModelTest } from "@eventfold/testing/model";
import * as vitest from "vitest";

eventStorageModelTest(vitest, {
  name: "memory",
  create: async () => ({ open: (settings) => MemoryEventStorageAdapter.open(settings), dispose: async () => {} }),
});
