import type { AnyQueryFunction } from "@eventfold/query";
import type { SqliteEventStorageAdapter } from "../sqlite-event-storage-adapter.ts";
import type { SqliteEventStorageOptions } from "../sqlite-event-storage-options.ts";
import type { ProjectionIndex } from "./projection-index.ts";

/** What every projection storage can be told. */
export interface SqliteProjectionQueryOptions {
  /**
   * Paths of states that have an index, for searches that filter or sort by them. Missing ones are created when the
   * adapter is opened, unless `migrations` is `"check"`. One that is no longer declared stays until you drop it.
   */
  readonly indexes?: readonly ProjectionIndex[] | undefined;
  /**
   * Functions of your own that queries may call, made with `defineFunction`. They run as they are, for each projection that is
   * looked at. Default: none.
   */
  readonly functions?: readonly AnyQueryFunction[] | undefined;
}

/** A projection storage in a file of its own, or in one that others have open too. */
export interface OwnSqliteProjectionStorageOptions
  extends SqliteProjectionQueryOptions,
    Pick<SqliteEventStorageOptions, "filename" | "writeTimeoutMs" | "migrations" | "synchronous"> {
  readonly shareWith?: undefined;
}

/** A projection storage on the connection of an event adapter, and in its transactions. */
export interface SharedSqliteProjectionStorageOptions extends SqliteProjectionQueryOptions {
  /** Its options apply: the file, how long to wait, what to do about migrations. */
  readonly shareWith: SqliteEventStorageAdapter;
  readonly filename?: undefined;
}

/** How `SqliteProjectionStorageAdapter.open` is to open a database. */
export type SqliteProjectionStorageOptions = OwnSqliteProjectionStorageOptions | SharedSqliteProjectionStorageOptions;
