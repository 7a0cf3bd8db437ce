export { SqliteProjectionStorageAdapter } from "./projections/sqlite-projection-storage-adapter.ts";
export type {
  OwnSqliteProjectionStorageOptions,
  SharedSqliteProjectionStorageOptions,
  SqliteProjectionQueryOptions,
  SqliteProjectionStorageOptions,
} from "./projections/sqlite-projection-storage-options.ts";
export type { SqliteProjectionTransaction } from "./projections/own-database.ts";
export type { ProjectionIndex } from "./projections/projection-index.ts";
