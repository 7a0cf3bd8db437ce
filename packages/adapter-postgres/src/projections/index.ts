// The adapter
export { PostgresProjectionStorageAdapter } from "./postgres-projection-storage-adapter.ts";
export type {
  PostgresProjectionStorageOptions,
  ProjectionStorageOptions,
  SeparateProjectionStorageOptions,
  SharedProjectionStorageOptions,
} from "./open-projection-options.ts";
export type { ProjectionTransaction } from "./open-projections.ts";
export type { FunctionInSql, FunctionSql } from "../query/function-in-sql.ts";

// Migrations, indexes, and what a runtime role needs
export { projectionMigrations } from "./migrations/projection-migrations.ts";
export type { ProjectionIndex, ProjectionIndexOptions } from "./migrations/projection-index.ts";
export { projectionIndexes } from "./migrations/projection-index.ts";
export { type ProjectionGrantOptions, projectionGrants } from "./migrations/projection-grants.ts";

// Where the projections are
export type { ProjectionLocation } from "./projection-location.ts";
export { DEFAULT_PROJECTIONS_TABLE } from "./projection-location.ts";
