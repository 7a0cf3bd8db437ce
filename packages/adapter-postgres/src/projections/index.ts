// The adapter

// Migrations
export { type ProjectionGrantOptions, projectionGrants } from "./migrations/projection-grants.ts";
export type { ProjectionIndex, ProjectionIndexOptions } from "./migrations/projection-index.ts";
export { projectionIndexes } from "./migrations/projection-index.ts";
export { projectionMigrations } from "./migrations/projection-migrations.ts";
export type {
  PostgresProjectionStorageOptions,
  ProjectionStorageOptions,
  SeparateProjectionStorageOptions,
  SharedProjectionStorageOptions,
} from "./open-projection-options.ts";
export type { ProjectionTransaction } from "./open-projections.ts";
export { PostgresProjectionStorageAdapter } from "./postgres-projection-storage-adapter.ts";
// Names
export type { ProjectionLocation } from "./projection-location.ts";
export { DEFAULT_PROJECTIONS_TABLE } from "./projection-location.ts";
