export { MemoryEventStorageAdapter, type MemoryEventStorageAdapterOptions } from "./memory-event-storage-adapter.ts";
