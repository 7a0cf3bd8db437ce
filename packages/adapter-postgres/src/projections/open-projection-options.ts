import type { PostgresConnectionOptions, PostgresEventStorageOptions } from "../open-options.ts";
import type { PostgresEventStorageAdapter } from "../postgres-event-storage-adapter.ts";
import type { FunctionInSql } from "../query/function-in-sql.ts";
import type { ProjectionIndex } from "./migrations/projection-index.ts";
import type { ProjectionLocation } from "./projection-location.ts";

/** What can be chosen however the server is reached. */
export interface ProjectionStorageOptions extends ProjectionLocation {
  /**
   * Paths that searches filter or sort by, to be indexed. Opening creates missing indexes, which holds back writers
   * meanwhile; with `migrations: "check"` it only warns. Default: none.
   */
  readonly indexes?: readonly ProjectionIndex[] | undefined;
  /**
   * Functions of your own that queries may call, each with its SQL: made with `functionInSql` of
   * `@eventfold/adapter-postgres/drizzle`. No index holds their results, so they are computed for each projection that
   * the other filters leave. Default: none.
   */
  readonly functions?: readonly FunctionInSql[] | undefined;
  /**
   * How long the server may work on a statement of `search`, `lookup` and `count` before it cancels it, which is a
   * `SearchTimedOutError`; at least 1. With it each such call takes two more round trips. Inside a transaction the
   * transaction's own setting applies instead (`set local statement_timeout`). Default: the setting of the role or the
   * server.
   */
  readonly searchTimeoutMs?: number | undefined;
  /** `"apply"` applies pending migrations, `"check"` refuses to open where some are pending. Default: `"apply"`. */
  readonly migrations?: "apply" | "check" | undefined;
}

type OwnConnectionOptions = Pick<
  PostgresEventStorageOptions,
  "writeTimeoutMs" | "preparedStatements" | "connectTimeoutMs" | "transactionIdleTimeoutMs" | "logger"
>;

/** An adapter with connections of its own. */
export type SeparateProjectionStorageOptions = ProjectionStorageOptions &
  PostgresConnectionOptions &
  OwnConnectionOptions & { readonly shareWith?: undefined };

/** An adapter on the connections of an event adapter, in whose transactions events and projections are written together. */
export interface SharedProjectionStorageOptions extends ProjectionStorageOptions {
  /** The event adapter. Its time-outs, its logger and its connections are used; it is not closed here. */
  readonly shareWith: PostgresEventStorageAdapter;
  readonly connectionString?: undefined;
  readonly pool?: undefined;
}

/** How `PostgresProjectionStorageAdapter.open` opens projections. */
export type PostgresProjectionStorageOptions = SeparateProjectionStorageOptions | SharedProjectionStorageOptions;
