import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import type { EventStorageAdapter } from "@eventfold/store";
import type { EventStorageSuiteOptions } from "@eventfold/testing";

/** How the suite is run against the memory adapter, or against what a function makes of it. */
export function memorySuiteOptions(
  wrap: (adapter: EventStorageAdapter) => EventStorageAdapter = (adapter) => adapter,
): Pick<EventStorageSuiteOptions, "create" | "capabilities"> {
  return {
    create: async () => ({
      open: async (settings) => wrap(await MemoryEventStorageAdapter.open(settings)),
      dispose: async () => {},
    }),
    capabilities: { durable: false, sharedStorage: false },
  };
}
