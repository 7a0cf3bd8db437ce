export { SqliteProjectionStorageAdapter } from "./sqlite-projection-storage-adapter.ts";
export type {
  OwnSqliteProjectionStorageOptions,
  SharedSqliteProjectionStorageOptions,
  SqliteProjectionQueryOptions,
  SqliteProjectionStorageOptions,
} from "./sqlite-projection-storage-options.ts";
export type { SqliteProjectionTransaction } from "./sqlite-projection-transaction.ts";
export type { ProjectionIndex } from "./projection-index.ts";
