import { AdapterLife } from "@eventfold/store/adapter";
import type { Logger } from "@eventfold/types";
import type { Pool, PoolClient } from "pg";
import { isConnectionLoss, isReadOnlyRefusal, sqlstateOf } from "../errors/sqlstate.ts";
import type { KnownLog } from "../identity/known-log.ts";
import { answerOf, PrimaryClient } from "../servers/primary-client.ts";
import { limitedByServer } from "./limited-by-server.ts";
import { type LendingLimits, SharedPool } from "./shared-pool.ts";
import type { Statement, StatementForm, TextRow } from "./statement.ts";
import { withTimeout } from "./with-timeout.ts";

/** What {@link Connections} is made from. */
export interface ConnectionsOptions {
  readonly pool: Pool;
  /** Whether the pool was opened for the adapter, and is to be ended with it. */
  readonly isOwnPool: boolean;
  readonly form: StatementForm;
  readonly logger: Logger;
  /** How long to wait for the server when a connection is opened. */
  readonly connectTimeoutMs: number;
  /** How long to wait for a connection to become free, unless a call says otherwise. */
  readonly writeTimeoutMs: number;
  /** How many standbys must have a commit before it is acknowledged; 0 for as many as the server is set to wait for. */
  readonly requiredStandbys: number;
  /** How long a statement of {@link Connections.run} may go without a reply, unless a call says otherwise. */
  readonly replyTimeoutMs: number;
  /** The log that they lead to, which each of them is checked for before its first use. Absent: they lead to none. */
  readonly log?: KnownLog | undefined;
}

/** Limits of one use of a connection. */
export interface UseLimits {
  /** How long to wait for a connection to become free. Default: the adapter's `writeTimeoutMs`. */
  readonly turnTimeoutMs?: number | undefined;
  /** How long to wait for the server where one is opened, at most as long as the adapter does, which is the default. */
  readonly connectTimeoutMs?: number | undefined;
  /** Only a connection that was opened since then, in the milliseconds of `performance.now()`. Default: any. */
  readonly openedSinceMs?: number | undefined;
  /** When the work takes longer, the connection is given up. Default: it may take any time. */
  readonly replyTimeoutMs?: number | undefined;
}

const MAX_READ_TRIES = 3;
const REPLY_GRACE_MS = 1_000;

const AGAIN = new Set([
  "25006", // read_only_sql_transaction: of a server that was the primary; see `renew`
  "40001", // serialization_failure, where the role's default isolation level is serializable
]);

/** The connections of an adapter: a pool, and which of its connections are in use. */
export class Connections {
  /** The life of the adapter that they were opened for, which waits for what is in use. */
  readonly life = new AdapterLife();
  readonly #options: ConnectionsOptions;
  readonly #pool: SharedPool;

  readonly #onIdleLoss = (error: Error) => {
    this.#options.logger.warn({ error }, "eventfold: an idle connection to PostgreSQL was lost");
  };

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#pool = SharedPool.join(options.pool, this.#onIdleLoss);
  }

  /** How many standbys must have a commit before it is acknowledged. */
  get requiredStandbys(): number {
    return this.#options.requiredStandbys;
  }

  /** How statements are run. */
  get form(): StatementForm {
    return this.#options.form;
  }

  /**
   * Runs a statement on a connection of its own and returns the rows.
   *
   * @throws what the driver throws, untranslated; `StorageBusyError` when no connection was free in time.
   */
  run(statement: Statement, limits: UseLimits = {}): Promise<readonly TextRow[]> {
    return this.use((client) => answerOf(client, this.#options.form.run(client, statement)), {
      replyTimeoutMs: this.#options.replyTimeoutMs,
      ...limits,
    });
  }

  /**
   * Like {@link run}, for statements that may run twice: if the connection turns out to be useless, the statement runs on
   * another one. After a loss that is one that was opened since, for the server that is gone has ended all connections of the pool.
   *
   * @param timeoutMs - when the server is to cancel it. Default: the server's setting.
   */
  async read(statement: Statement, timeoutMs?: number): Promise<readonly TextRow[]> {
    let openedSinceMs: number | undefined;
    for (let tries = 1; ; tries += 1) {
      try {
        const limits = { openedSinceMs };
        return await (timeoutMs === undefined
          ? this.run(statement, limits)
          : this.#runLimited(statement, timeoutMs, limits));
      } catch (error) {
        const isLost = isConnectionLoss(error);
        const mayHelp = isLost || AGAIN.has(sqlstateOf(error) ?? "");
        if (tries === MAX_READ_TRIES || !mayHelp) throw error;
        if (isLost) openedSinceMs ??= performance.now();
      }
    }
  }

  /** Lends a connection to work and takes it back, or drops it when the work lost it or its reply took too long. */
  use<T>(work: (client: PoolClient) => Promise<T>, limits: UseLimits = {}): Promise<T> {
    return this.life.track(this.#use(work, limits));
  }

  /** Ends the pool if it is the adapter's own: when nothing is in use any more. */
  async end(): Promise<void> {
    this.#pool.passKept();
    // The driver's pool says that it has ended before its sockets have: losing one of those must not end the process.
    if (this.#options.isOwnPool) await this.#options.pool.end();
    else this.#pool.leave(this.#onIdleLoss);
  }

  /** Drops all present connections as soon as they are free, because they lead to a server that is read-only. */
  renew(): void {
    this.#pool.renew();
  }

  /** The server should give up first, since it says why. */
  #runLimited(statement: Statement, timeoutMs: number, limits: UseLimits): Promise<readonly TextRow[]> {
    const replyTimeoutMs = Math.max(this.#options.replyTimeoutMs, timeoutMs + REPLY_GRACE_MS);
    const run = (client: PoolClient) =>
      answerOf(
        client,
        limitedByServer(client, timeoutMs, () => this.#options.form.run(client, statement)),
      );
    return this.use(run, { ...limits, replyTimeoutMs });
  }

  async #use<T>(work: (client: PoolClient) => Promise<T>, limits: UseLimits): Promise<T> {
    const { log } = this.#options;
    log?.throwIfBehind();
    const client = this.#pool.kept(limits.openedSinceMs) ?? (await this.#pool.lend(this.#lendingLimits(limits)));
    try {
      const isChecked = log === undefined || log.isChecked(client);
      const working = isChecked ? work(client) : log.check(client).then(() => work(client));
      const result = await replyWithin(working, limits.replyTimeoutMs);
      this.#pool.takeBack(client, { isLost: false });
      return result;
    } catch (error) {
      const isReadOnly = isReadOnlyRefusal(error);
      if (isReadOnly) this.renew();
      this.#pool.takeBack(client, { isLost: isConnectionLoss(error) });
      if (isReadOnly && client instanceof PrimaryClient) throw notPrimaryError(error);
      throw error;
    }
  }

  #lendingLimits({ turnTimeoutMs, connectTimeoutMs, openedSinceMs }: UseLimits): LendingLimits {
    const { connectTimeoutMs: longestMs, writeTimeoutMs } = this.#options;
    return {
      openedSinceMs,
      turnTimeoutMs: turnTimeoutMs ?? writeTimeoutMs,
      connectTimeoutMs: Math.min(connectTimeoutMs ?? longestMs, longestMs),
    };
  }
}

/** An error as for a lost connection: with several servers to choose from, the next connection leads to another one. */
function notPrimaryError(cause: unknown): Error {
  return new Error("The server can only be read: it is not the primary any more.", { cause });
}

function replyWithin<T>(work: Promise<T>, timeoutMs: number | undefined): Promise<T> {
  if (timeoutMs === undefined) return work;
  return withTimeout(work, timeoutMs, () => {
    work.catch(() => {}); // it may reject later, when nobody waits for it.
    return new Error("PostgreSQL did not reply in time, so the connection was given up.");
  });
}
