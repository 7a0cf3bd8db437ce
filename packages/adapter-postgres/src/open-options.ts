import type { OrderingGuarantee } from "@eventfold/store/adapter";
import type { Logger } from "@eventfold/types";
import type { Pool } from "pg";
import type { LogLocation } from "./naming/log-location.ts";

/** How the adapter reaches the server: by a connection string, with its own pool, or by the caller's pool. */
export type PostgresConnectionOptions =
  | {
      /**
       * `postgres://user:password@host:port/database`. With several hosts, as `host1:port1,host2:port2`, they are the servers
       * of one cluster: each connection leads to the one that can be written to at that time. When another takes over, all
       * connections to the one before are given up within about a second, and what was under way is repeated there.
       */
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
       * refused. Calls wait while all its connections are in use, so let its `max` leave one for reading while others
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
    /** The guarantee of the log. Default: for an existing log the one it was created with, for a new one `"log"`. */
    readonly orderingGuarantee?: OrderingGuarantee | undefined;
    /**
     * How long a publish waits, at most, for its turn and for an answer, and how long a transaction or a read waits for
     * a connection of the pool to become free. If the server is silent for a third of it, another connection is tried.
     * Default: 30,000.
     */
    readonly writeTimeoutMs?: number | undefined;
    /**
     * How long a statement of a read, such as a page of a scan, may go without a reply before its connection is dropped
     * and another is tried, three in all. It is at least `writeTimeoutMs` plus a second. Default: 60,000.
     */
    readonly readTimeoutMs?: number | undefined;
    /** `"apply"` applies pending migrations, `"check"` refuses to open if there are any. Default: `"apply"`. */
    readonly migrations?: "apply" | "check" | undefined;
    /** `false` makes followers poll, for servers or poolers that do not allow `LISTEN`. Default: `true`. */
    readonly notifications?: boolean | undefined;
    /**
     * How the listening connection reaches the server, if the pool goes through a pooler in transaction mode. Default:
     * as the pool does. It too may name several hosts.
     */
    readonly listenConnectionString?: string | undefined;
    /** How often followers look by themselves: the only way without notifications. Default: 5,000, without them 250. */
    readonly pollIntervalMs?: number | undefined;
    /**
     * How many synchronous standbys must have a commit on their disks before it is acknowledged, by `synchronous_commit` (`on` or
     * `remote_apply`) and `synchronous_standby_names`. A server that waits for fewer is not opened and not published on
     * (`StorageUnavailableError`). It costs one more round trip for each commit. Default: 0, whatever the server is set to.
     */
    readonly requireSynchronousStandbys?: number | undefined;
    /**
     * How many standbys must have an event on their disks before followers and subscriptions, and replicas of this adapter, see it: so that they
     * never see one that is lost with the primary without having been acknowledged. Where the server's `synchronous_standby_names` names any,
     * only synchronous ones count. Everything else reads as ever. The horizon of a source lies no higher, and followers make one more
     * statement when they look.
     *
     * The role needs `pg_monitor` (`StorageAccessDeniedError`), and the server must be the primary (`StorageReadOnlyError`). Opening waits, at most
     * `connectTimeoutMs`, until they have what the log has then (`StorageUnavailableError`). Default: 0.
     */
    readonly followersWaitForStandbys?: number | undefined;
    /** `false` sends every statement unnamed, for poolers without prepared statements. Default: `true`. */
    readonly preparedStatements?: boolean | undefined;
    /**
     * How long to wait for the server when a connection is opened; with several hosts, for one that can be written to. After the same time the listening connection is
     * asked for a sign of life, and it has the same time to answer. Default: 10,000.
     */
    readonly connectTimeoutMs?: number | undefined;
    /**
     * How long a transaction of `transaction`, or of a publish of more than 32 MB, may be idle before the server ends
     * it, so that a frozen process does not hold the log forever. While such a publish sends a part of 4 MB, or a
     * larger event, it counts as idle. Default: 15,000.
     */
    readonly transactionIdleTimeoutMs?: number | undefined;
    /** Where the library reports what no result tells a caller. Default: nowhere. */
    readonly logger?: Logger | undefined;
  };
