export { SqliteProcessingStorageAdapter } from "./sqlite-processing-storage-adapter.ts";
export type {
  OwnSqliteProcessingStorageOptions,
  SharedSqliteProcessingStorageOptions,
  SqliteProcessingStorageOptions,
} from "./sqlite-processing-storage-options.ts";
export type { SqliteProcessingTransaction } from "./sqlite-processing-transaction.ts";
