import type { OrderingGuarantee } from "@eventfold/store/adapter";
import type { Logger } from "@eventfold/types";
import type { Pool } from "pg";
import type { LogLocation } from "./naming/log-location.ts";

/** How the adapter reaches the server: by a connection string, with a pool of its own, or by a pool of the caller's. */
export type PostgresConnectionOptions =
  | {
      /** `postgres://user:password@host:port/database`. */
      readonly connectionString: string;
      /** The most connections of the adapter's pool. Default: 10. */
      readonly maxConnections?: number | undefined;
      /**
       * When the server is to cancel a statement of the adapter's pool. It is a parameter of the connection, which some
       * poolers refuse; there, set it for the role. Default: the server's.
       */
      readonly statementTimeoutMs?: number | undefined;
      readonly pool?: undefined;
    }
  | {
      /**
       * The caller's pool. It is never ended here, any number of adapters may share it, and one with `binary: true` is
       * refused. More calls at once than it has connections wait, so let its `max` leave one for reading while others
       * write.
       */
      readonly pool: Pool;
      readonly connectionString?: undefined;
      readonly maxConnections?: undefined;
      readonly statementTimeoutMs?: undefined;
    };

/** How `PostgresEventStorageAdapter.open` opens a log. */
export type PostgresEventStorageOptions = PostgresConnectionOptions &
  LogLocation & {
    /** What the log is created with, or was. Default: what it was created with, `"log"` for a new one. */
    readonly orderingGuarantee?: OrderingGuarantee | undefined;
    /**
     * How long a publish waits, at most, for its turn and for an answer, and how long a transaction or a read waits for
     * a connection of the pool to become free. A server that is silent takes a third of it, then another connection is
     * tried. Default: 30,000.
     */
    readonly writeTimeoutMs?: number | undefined;
    /**
     * How long a statement of a read may go without a reply, such as a page of a scan, before its connection is given
     * up and another is tried, three in all. It is never less than `writeTimeoutMs` and a second. Default: 60,000.
     */
    readonly readTimeoutMs?: number | undefined;
    /** `"apply"` applies pending migrations, `"check"` refuses to open where some are pending. Default: `"apply"`. */
    readonly migrations?: "apply" | "check" | undefined;
    /** `false` makes followers poll, for where no connection may `LISTEN`. Default: `true`. */
    readonly notifications?: boolean | undefined;
    /**
     * How the connection that listens reaches the server, where the pool goes through a pooler in transaction mode.
     * Default: as the pool does.
     */
    readonly listenConnectionString?: string | undefined;
    /** How often followers look by themselves: the only way without notifications. Default: 5,000, without them 250. */
    readonly pollIntervalMs?: number | undefined;
    /** `false` sends every statement unnamed, for poolers that know no prepared statements. Default: `true`. */
    readonly preparedStatements?: boolean | undefined;
    /**
     * How long to wait for the server when a connection is opened. The connection that listens is asked for a sign of
     * life after as long, and has as long to give it. Default: 10,000.
     */
    readonly connectTimeoutMs?: number | undefined;
    /**
     * How long a transaction of `transaction`, or of a publish of more than 32 MB, may be idle before the server ends
     * it, so that a process that froze in it does not hold the log forever. While such a publish sends a part of 4 MB,
     * or an event that is larger, it counts as idle. Default: 15,000.
     */
    readonly transactionIdleTimeoutMs?: number | undefined;
    /** Where losses that no caller is told of are reported. Default: nowhere. */
    readonly logger?: Logger | undefined;
  };
