import type { DatabaseKind } from "./database-kind.ts";

/** The memory of this process: gone when it ends. */
export const MEMORY: DatabaseKind = {
  names: ["memory"],
  usages: ["memory"],
  complaintAbout: ({ text, place }) => (place === "" ? undefined : `${text} names a place, which memory has not`),
  open: async ({ text }) => {
    const {
      MemoryEventStorageAdapter,
      MemoryKeyStorageAdapter,
      MemoryProcessingStorageAdapter,
      MemoryProjectionStorageAdapter,
    } = await import("@eventfold/adapter-memory");
    const adapter = await MemoryEventStorageAdapter.open();
    const openProjections = () => MemoryProjectionStorageAdapter.open({ shareWith: adapter });
    const openProcessing = () => MemoryProcessingStorageAdapter.open({ shareWith: adapter });
    const openKeys = () => MemoryKeyStorageAdapter.open({ shareWith: adapter });
    return { adapter, openProjections, openProcessing, openKeys, description: text, close: () => adapter.close() };
  },
};
