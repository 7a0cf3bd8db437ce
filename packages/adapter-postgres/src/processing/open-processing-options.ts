import type { PostgresConnectionOptions, PostgresEventStorageOptions } from "../open-options.ts";
import type { PostgresEventStorageAdapter } from "../postgres-event-storage-adapter.ts";
import type { ProcessingLocation } from "./processing-location.ts";

/** What can be chosen however the server is reached. */
export interface ProcessingStorageOptions extends ProcessingLocation {
  /** `"apply"` applies pending migrations, `"check"` refuses to open where some are pending. Default: `"apply"`. */
  readonly migrations?: "apply" | "check" | undefined;
}

type OwnConnectionOptions = Pick<
  PostgresEventStorageOptions,
  | "writeTimeoutMs"
  | "preparedStatements"
  | "connectTimeoutMs"
  | "transactionIdleTimeoutMs"
  | "logger"
  | "listenConnectionString"
> & {
  /** `false` if no connection may `LISTEN`; nodes then learn of changes by their beats. Default: `true`. */
  readonly notifications?: boolean | undefined;
};

/** An adapter with connections of its own. */
export type SeparateProcessingStorageOptions = ProcessingStorageOptions &
  PostgresConnectionOptions &
  OwnConnectionOptions & { readonly shareWith?: undefined };

/** An adapter on the connections of an event adapter, in whose transactions events and checkpoints are written together. */
export interface SharedProcessingStorageOptions extends ProcessingStorageOptions {
  /**
   * The event adapter. Its time-outs, its logger and its connections are used, and it is not closed here. If it listens, this
   * adapter does too, on one more connection.
   */
  readonly shareWith: PostgresEventStorageAdapter;
  readonly connectionString?: undefined;
  readonly pool?: undefined;
}

/** How `PostgresProcessingStorageAdapter.open` opens processing. */
export type PostgresProcessingStorageOptions = SeparateProcessingStorageOptions | SharedProcessingStorageOptions;
