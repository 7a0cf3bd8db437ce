export type { Projection } from "./projection.ts";

// The port that adapters implement
export type { PreparedProjection } from "./storage/prepared-projection.ts";
export type {
  ConflictingWrite,
  ProjectionDeletion,
  ProjectionFilter,
  ProjectionKey,
  ProjectionSaveRequest,
  ProjectionSaveResult,
  ProjectionScope,
  ProjectionSearch,
  ProjectionSourceKey,
  ProjectionStorage,
  ProjectionWrite,
  SeenProjection,
} from "./storage/projection-storage.ts";
export type {
  ProjectionStorageAdapter,
  ProjectionStorageCapabilities,
} from "./storage/projection-storage-adapter.ts";
export type { StoredProjection } from "./storage/stored-projection-of.ts";
export { storedProjectionOf } from "./storage/stored-projection-of.ts";
