import type {
  ProcessingStorage,
  ProcessingStorageAdapter,
  ProcessingStorageCapabilities,
  ProcessingTransaction,
} from "@eventfold/processing";
import { AdapterLife, type MigrationStatus, memberNames, withKnownMembers } from "@eventfold/store/adapter";
import type { ClientBase } from "pg";
import { type Sharer, sharing } from "../connection/postgres-database.ts";
import { CallRunner } from "../routines/call-runner.ts";
import type { TransactionSession } from "../transaction/transaction-session.ts";
import {
  endProcessing,
  listMigrations,
  type OpenProcessing,
  openProcessing,
  type ProcessingClientTransaction,
} from "./open-processing.ts";
import type { PostgresProcessingStorageOptions } from "./open-processing-options.ts";
import { PostgresProcessingStorage } from "./postgres-processing-storage.ts";
import { PostgresProcessingTransaction } from "./postgres-processing-transaction.ts";
import type { ProcessingRoutine } from "./processing-names.ts";

/** How many connections of the pool the transactions of handlers leave to beats, checkpoints and readers. */
const CONNECTIONS_FOR_OTHERS = 2;

const OPTIONS = memberNames<PostgresProcessingStorageOptions>({
  connectionString: true,
  pool: true,
  maxConnections: true,
  statementTimeoutMs: true,
  shareWith: true,
  schema: true,
  processingPrefix: true,
  migrations: true,
  writeTimeoutMs: true,
  preparedStatements: true,
  connectTimeoutMs: true,
  transactionIdleTimeoutMs: true,
  logger: true,
  listenConnectionString: true,
  notifications: true,
});

/**
 * Subscriptions, partitions, sessions, parked events and locks in PostgreSQL 14 or newer, alone or on the connections of an event
 * adapter, so that events and checkpoints are written in one transaction. Any number of processes may open the same ones.
 *
 * Every call is one function of the database and one round trip, however many partitions it concerns. There is no session state,
 * so connections may go through a pooler. A beat waits for no checkpoint and no transaction. It has a connection of its own, in
 * addition to the adapter's pool; in a `pool` of yours it waits like any other call, so let transactions leave two connections.
 *
 * @example
 * ```ts
 * const events = await PostgresEventStorageAdapter.open({ connectionString: "postgres://localhost/app" });
 * const processing = await PostgresProcessingStorageAdapter.open({ shareWith: events });
 * const [registered] = await processing.storage.register([
 *   {
 *     name: "welcome-mails",
 *     source: "category/users",
 *     partitioning: "stream/sha256-1",
 *     partitions: 8,
 *     startAt: { sequenceNumber: 0, eventId: undefined },
 *   },
 * ]);
 * ```
 */
export class PostgresProcessingStorageAdapter implements ProcessingStorageAdapter<ProcessingClientTransaction> {
  readonly capabilities: ProcessingStorageCapabilities;
  readonly transactionsAtOnce: number;
  readonly storage: ProcessingStorage;
  readonly #opened: OpenProcessing;
  readonly #life: AdapterLife;
  readonly #within = new WeakMap<object, ProcessingTransaction>();
  readonly #sharer: Sharer = { announce: () => this.#opened.changes.wake(), end: () => this.#end() };
  #ending: Promise<void> | undefined;

  private constructor(opened: OpenProcessing) {
    const { database, names, changes, beatConnections, shareWith } = opened;
    const { settings, connections } = database;
    const { logger, writeTimeoutMs } = settings;
    const life = shareWith === undefined ? connections.life : new AdapterLife({ beneath: connections.life });
    if (shareWith !== undefined) sharing.sharedBy(shareWith).sharers.add(this.#sharer);
    this.#opened = opened;
    this.#life = life;
    this.transactionsAtOnce = Math.max(1, settings.pool.options.max - CONNECTIONS_FOR_OTHERS);
    const notifications = settings.listenConfig !== undefined;
    this.capabilities = Object.freeze({ durable: true, sharedStorage: true, transactions: true, notifications });
    const onWaking = () => changes.stored({ isNotified: true });
    const apart = { routine: "beat", connections: beatConnections } as const;
    const runner = new CallRunner<ProcessingRoutine>({ connections, apart, names, logger, writeTimeoutMs, onWaking });
    this.storage = new PostgresProcessingStorage({
      lifetime: life,
      run: async (call) => {
        life.throwIfEnded();
        return life.track(runner.run(call));
      },
    });
  }

  /**
   * Opens processing, creating its tables or applying pending migrations unless `migrations` is `"check"`.
   *
   * @throws `TypeError` or `RangeError` for options that make no sense, before anything is connected.
   * @throws `StorageUnavailableError` (`STORAGE_UNAVAILABLE`) when the server cannot be reached.
   * @throws `StorageAccessDeniedError` (`STORAGE_ACCESS_DENIED`) for wrong credentials and missing rights.
   * @throws `StorageFailedError` (`STORAGE_FAILED`) when notifications do not arrive, as behind a pooler in transaction mode.
   * @throws `NotADatabaseError` (`NOT_A_DATABASE`) for a database that does not exist or is not in UTF-8.
   * @throws `SchemaTooOldError` (`SCHEMA_TOO_OLD`) when migrations are pending and only checked.
   * @throws `SchemaTooNewError` (`SCHEMA_TOO_NEW`) when a newer version of this package has migrated the tables in a way
   * that older ones may not go on with.
   * @throws `MigrationEditedError` (`MIGRATION_EDITED`) when a migration was applied with a different text.
   */
  static async open(options: PostgresProcessingStorageOptions): Promise<PostgresProcessingStorageAdapter> {
    withKnownMembers("The options of PostgresProcessingStorageAdapter.open", options, OPTIONS);
    return new PostgresProcessingStorageAdapter(await openProcessing(options));
  }

  get isClosed(): boolean {
    return this.#life.isEnded;
  }

  onChange(listener: () => void): () => void {
    return this.#life.isEnded ? () => {} : this.#opened.changes.onChange(listener);
  }

  /**
   * All migrations of processing, and when each was applied: also those of newer versions of this package, if they say that
   * older versions may go on (`compatible`).
   */
  async migrations(): Promise<readonly MigrationStatus[]> {
    this.#life.throwIfEnded();
    return this.#life.track(listMigrations(this.#opened));
  }

  /**
   * Runs work in one transaction at READ COMMITTED, of the event adapter if it shares with one: all of it is committed
   * when the returned promise fulfils, and rolled back when it rejects, with that same error.
   *
   * @throws `LeaseLostError` (`LEASE_LOST`) when a step of `commitWith` could not be taken.
   * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of another transaction of this adapter.
   * @throws `StorageUnavailableError` (`STORAGE_UNAVAILABLE`) when the connection is lost; whether it was committed is then unknown.
   *
   * @example
   * ```ts
   * await processing.transaction(async (tx) => {
   *   await tx.client.query("update carts set mailed = true where id = $1", [cartId]);
   *   await processing.within(tx).commitWith({ moves: [{ ...lease, was: 41, checkpoint }] });
   * });
   * ```
   */
  async transaction<T>(work: (transaction: ProcessingClientTransaction) => Promise<T>): Promise<T> {
    const { shareWith, database } = this.#opened;
    this.#life.throwIfEnded();
    return this.#life.track(shareWith?.transaction(work) ?? database.transactions.run(handedOut, work));
  }

  /**
   * Joins a transaction that the caller has opened on its own client, at READ COMMITTED. The caller commits or rolls back, and
   * until then others wait for the partitions of `commitWith`. If it shares with an event adapter, that adapter's `using` gives
   * the same.
   *
   * @throws `AdapterClosedError` (`ADAPTER_CLOSED`) after `close`.
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) when the client has no open transaction, or a failed one.
   *
   * @example
   * ```ts
   * await client.query("begin");
   * await processing.within(processing.using(client)).commitWith({ moves: [{ ...lease, was: 41, checkpoint }] });
   * await client.query("commit");
   * ```
   */
  using(client: ClientBase): ProcessingClientTransaction {
    const { shareWith, database } = this.#opened;
    this.#life.throwIfEnded();
    return shareWith?.using(client) ?? database.transactions.join(client, handedOut);
  }

  within(transaction: object): ProcessingTransaction {
    const known = this.#within.get(transaction);
    if (known !== undefined) return known;
    const { database, names } = this.#opened;
    const session = database.transactions.sessionOf(transaction);
    const lockTimeoutMs = Math.trunc(database.settings.writeTimeoutMs);
    const processing = new PostgresProcessingTransaction(session, { names, lockTimeoutMs });
    this.#within.set(transaction, processing);
    return processing;
  }

  /**
   * Ends the adapter once the operations in flight have ended, and its connections if it opened them itself. A second call
   * waits for the same close.
   *
   * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of a transaction, for which it would wait.
   */
  async close(): Promise<void> {
    const { changes, shareWith } = this.#opened;
    return this.#life.close({
      announce: () => changes.wake(),
      end: async () => {
        if (shareWith !== undefined) sharing.sharedBy(shareWith).sharers.delete(this.#sharer);
        await this.#end();
      },
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Ends what was opened, once: together with this adapter, or with the adapter whose database it shares. */
  #end(): Promise<void> {
    this.#ending ??= endProcessing(this.#opened);
    return this.#ending;
  }
}

function handedOut({ client }: TransactionSession): ProcessingClientTransaction {
  return Object.freeze({ client });
}
