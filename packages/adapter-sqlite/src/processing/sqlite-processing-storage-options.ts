import type { SqliteEventStorageAdapter } from "../sqlite-event-storage-adapter.ts";
import type { SqliteEventStorageOptions } from "../sqlite-event-storage-options.ts";

/** A processing storage in a file of its own, or in a file that others have open too. */
export interface OwnSqliteProcessingStorageOptions
  extends Pick<SqliteEventStorageOptions, "filename" | "writeTimeoutMs" | "migrations" | "synchronous" | "logger"> {
  readonly shareWith?: undefined;
}

/** A processing storage on the connection of an event adapter, and in its transactions. */
export interface SharedSqliteProcessingStorageOptions extends Pick<SqliteEventStorageOptions, "logger"> {
  /** The event adapter, whose options apply: the file, how long to wait, what to do about migrations. */
  readonly shareWith: SqliteEventStorageAdapter;
  readonly filename?: undefined;
}

/** How `SqliteProcessingStorageAdapter.open` opens a database. */
export type SqliteProcessingStorageOptions = OwnSqliteProcessingStorageOptions | SharedSqliteProcessingStorageOptions;
