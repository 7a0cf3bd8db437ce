export { SqliteKeyStorageAdapter } from "./sqlite-key-storage-adapter.ts";
export type {
  OwnSqliteKeyStorageOptions,
  SharedSqliteKeyStorageOptions,
  SqliteKeyStorageOptions,
} from "./sqlite-key-storage-options.ts";
