export { MemoryEventStorageAdapter, type MemoryEventStorageAdapterOptions } from "./memory-event-storage-adapter.ts";
export { MemoryKeyStorageAdapter, type MemoryKeyStorageAdapterOptions } from "./keys/memory-key-storage-adapter.ts";
export {
  MemoryProcessingStorageAdapter,
  type MemoryProcessingStorageAdapterOptions,
} from "./processing/memory-processing-storage-adapter.ts";
export {
  MemoryProjectionStorageAdapter,
  type MemoryProjectionStorageAdapterOptions,
} from "./projections/memory-projection-storage-adapter.ts";
