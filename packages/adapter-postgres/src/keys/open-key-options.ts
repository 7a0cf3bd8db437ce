import type { PostgresConnectionOptions, PostgresEventStorageOptions } from "../open-options.ts";
import type { PostgresEventStorageAdapter } from "../postgres-event-storage-adapter.ts";
import type { KeyLocation } from "./key-location.ts";

/** What can be chosen however the server is reached. */
export interface KeyStorageOptions extends KeyLocation {
  /** `"apply"` applies pending migrations, `"check"` refuses to open where some are pending. Default: `"apply"`. */
  readonly migrations?: "apply" | "check" | undefined;
}

type OwnConnectionOptions = Pick<
  PostgresEventStorageOptions,
  "writeTimeoutMs" | "readTimeoutMs" | "preparedStatements" | "connectTimeoutMs" | "logger"
>;

/** An adapter with connections of its own, for a database apart from that of the events. */
export type SeparateKeyStorageOptions = KeyStorageOptions &
  PostgresConnectionOptions &
  OwnConnectionOptions & { readonly shareWith?: undefined };

/** An adapter on the connections of an event adapter. */
export interface SharedKeyStorageOptions extends KeyStorageOptions {
  /**
   * The event adapter. Its time-outs, its logger and its connections are used, and it is not closed here. A backup of the database then has
   * the keys together with what they protect.
   */
  readonly shareWith: PostgresEventStorageAdapter;
  readonly connectionString?: undefined;
  readonly pool?: undefined;
}

/** How `PostgresKeyStorageAdapter.open` opens a database. */
export type PostgresKeyStorageOptions = SeparateKeyStorageOptions | SharedKeyStorageOptions;
