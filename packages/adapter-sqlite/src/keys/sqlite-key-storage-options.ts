import type { SqliteEventStorageAdapter } from "../sqlite-event-storage-adapter.ts";
import type { SqliteEventStorageOptions } from "../sqlite-event-storage-options.ts";

/** A key storage in a file of its own, or in a file that others have open too. */
export interface OwnSqliteKeyStorageOptions
  extends Pick<SqliteEventStorageOptions, "filename" | "writeTimeoutMs" | "migrations" | "synchronous"> {
  readonly shareWith?: undefined;
}

/** A key storage on the connection of an event adapter. */
export interface SharedSqliteKeyStorageOptions {
  /**
   * The event adapter, whose options apply: the file, how long to wait, what to do about migrations. A copy of the file then has the keys
   * together with what they protect, and inside a transaction no key can be made: prefer a file of its own.
   */
  readonly shareWith: SqliteEventStorageAdapter;
  readonly filename?: undefined;
}

/** How `SqliteKeyStorageAdapter.open` opens a database. */
export type SqliteKeyStorageOptions = OwnSqliteKeyStorageOptions | SharedSqliteKeyStorageOptions;
