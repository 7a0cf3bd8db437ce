import type { DatabaseKind } from "./database-kind.ts";

/** The memory of this process: gone when it ends. */
export const MEMORY: DatabaseKind = {
  name: "memory",
  usage: "memory",
  complaintAbout: ({ text, place }) => (place === "" ? undefined : `${text} names a place, which memory has not`),
  open: async () => {
    const { MemoryEventStorageAdapter } = await import("@eventfold/adapter-memory");
    return MemoryEventStorageAdapter.open();
  },
};
