import {
  checkedRestoreBatch,
  isInsideTransaction,
  type EventStorage,
  type EventStorageAdapter,
  type MigrationStatus,
  type OrderingGuarantee,
  type RestoreBatch,
  type SourceNews,
  type SourcePlace,
  type StorageCapabilities,
  type StorageInspection,
  type TransactionOptions,
  memberNames,
  withKnownMembers,
} from "@eventfold/store/adapter";
import type { StoredEvent } from "@eventfold/types";
import type { ClientBase } from "pg";
import { type PostgresDatabase, sharing } from "./connection/postgres-database.ts";
import { PostgresInspection } from "./inspection/postgres-inspection.ts";
import type { SequenceOptions } from "./migrations/sequence-repair.ts";
import type { OpenLog } from "./open-log.ts";
import { endLog, openLog } from "./open-log.ts";
import type { PostgresEventStorageOptions } from "./open-options.ts";
import { PostgresEventStorage } from "./postgres-event-storage.ts";
import { restore } from "./restoring/restore.ts";
import type { PostgresTransaction } from "./transaction/postgres-transaction.ts";
import type { TransactionSession } from "./transaction/transaction-session.ts";
import { TransactionStorage } from "./transaction/transaction-storage.ts";
import { Transactions } from "./transaction/transactions.ts";
import { EventWriter } from "./writing/event-writer.ts";

const OPTIONS = memberNames<PostgresEventStorageOptions>({
  connectionString: true,
  pool: true,
  maxConnections: true,
  statementTimeoutMs: true,
  schema: true,
  eventsTable: true,
  orderingGuarantee: true,
  writeTimeoutMs: true,
  readTimeoutMs: true,
  migrations: true,
  notifications: true,
  listenConnectionString: true,
  pollIntervalMs: true,
  preparedStatements: true,
  requireSynchronousStandbys: true,
  followersWaitForStandbys: true,
  connectTimeoutMs: true,
  transactionIdleTimeoutMs: true,
  logger: true,
});

const SEQUENCE_OPTIONS = memberNames<SequenceOptions>({ nextSequenceNumberAbove: true });

/**
 * Events in PostgreSQL 14 or newer. A publish is one round trip; publishes that arrive while a commit is under way
 * share the next one. Any number of processes may open the same log.
 *
 * @example
 * ```ts
 * const adapter = await PostgresEventStorageAdapter.open({ connectionString: "postgres://localhost/app" });
 * const store = new EventStore({ adapter });
 * await store.stream({ category: "users", stream: "user-1" }).publish({
 *   events: [{ name: "user-registered", payload: { email: "user@example.com" } }],
 * });
 * await adapter.close();
 * ```
 */
export class PostgresEventStorageAdapter implements EventStorageAdapter<PostgresTransaction> {
  readonly orderingGuarantee: OrderingGuarantee;
  readonly capabilities: StorageCapabilities;
  readonly storage: EventStorage;
  readonly inspection: StorageInspection;
  readonly #log: OpenLog;
  readonly #database: PostgresDatabase;
  readonly #outside: PostgresEventStorage;

  private constructor(log: OpenLog) {
    const { connections, names, orderingGuarantee, settings, known, changes } = log;
    const { logger, writeTimeoutMs, transactionIdleTimeoutMs: idleTimeoutMs } = settings;
    const { life } = connections;
    this.#log = log;
    this.orderingGuarantee = orderingGuarantee;
    const notifications = settings.listenConfig !== undefined;
    this.capabilities = { durable: true, sharedStorage: true, transactions: true, notifications };
    const writer = new EventWriter({
      ...{ connections, names, logger, orderingGuarantee, writeTimeoutMs, idleTimeoutMs },
      maxWriters: log.maxWriters,
      onStored: (newest) => {
        known.note(newest);
        changes.stored({ isNotified: orderingGuarantee === "log" });
      },
    });
    this.#outside = new PostgresEventStorage({
      ...{ names, orderingGuarantee },
      lifetime: life,
      run: (statement) => connections.read(statement),
      writer,
      mayWaitForWriters: () => !isInsideTransaction(),
      barrierTimeoutMs: writeTimeoutMs,
      prefetches: true,
      onRead: (newest) => known.note(newest),
      replicated: log.replicated,
    });
    this.storage = this.#outside;
    const migrations = () => log.migrations();
    this.inspection = new PostgresInspection({ connections, names, orderingGuarantee, migrations });
    const transactions = new Transactions({ connections, idleTimeoutMs });
    this.#database = { names, settings, connections, transactions, sharers: new Set() };
    sharing.share(this, this.#database);
  }

  /**
   * Opens a log, creating it or applying pending migrations unless `migrations` is `"check"`.
   *
   * @throws `TypeError` or `RangeError` for options that make no sense, before anything is connected.
   * @throws `StorageUnavailableError` (`STORAGE_UNAVAILABLE`) when the server cannot be reached.
   * @throws `StorageAccessDeniedError` (`STORAGE_ACCESS_DENIED`) for wrong credentials and missing rights.
   * @throws `NotADatabaseError` (`NOT_A_DATABASE`) for a database that does not exist or is not in UTF-8.
   * @throws `SchemaTooOldError` (`SCHEMA_TOO_OLD`) when migrations are pending and only checked.
   * @throws `SchemaTooNewError` (`SCHEMA_TOO_NEW`) when a newer version of this package has migrated the log in a way
   * that older ones may not go on with.
   * @throws `MigrationEditedError` (`MIGRATION_EDITED`) when a migration was applied with a different text.
   * @throws `OrderingGuaranteeMismatchError` (`ORDERING_GUARANTEE_MISMATCH`) when the log was created with a different
   * one.
   */
  static async open(options: PostgresEventStorageOptions): Promise<PostgresEventStorageAdapter> {
    withKnownMembers("The options of PostgresEventStorageAdapter.open", options, OPTIONS);
    return new PostgresEventStorageAdapter(await openLog(options));
  }

  get isClosed(): boolean {
    return this.#log.connections.life.isEnded;
  }

  onChange(listener: () => void): () => void {
    return this.#log.changes.onChange(listener);
  }

  newsOf(places: readonly SourcePlace[]): Promise<readonly SourceNews[]> {
    return this.#outside.newsOf(places);
  }

  /**
   * Runs work in one transaction at READ COMMITTED, with its client for the caller's own tables: all of it is committed
   * when the returned promise fulfils, and rolled back when it rejects, with that same error. From its first publish to
   * its end it holds back all other writers of the same order, so publish last and wait for nothing slow after it.
   *
   * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of another transaction of this adapter.
   * @throws `StorageUnavailableError` (`STORAGE_UNAVAILABLE`) when the connection is lost; whether it was committed is then unknown.
   *
   * @example
   * ```ts
   * await adapter.transaction(async (tx) => {
   *   await tx.client.query("update carts set ordered = true where id = $1", [cartId]);
   *   await store.within(tx).stream({ category: "orders", stream: orderId }).publish({ events });
   * });
   * ```
   */
  async transaction<T>(
    work: (transaction: PostgresTransaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    let newest: (() => StoredEvent | undefined) | undefined;
    const handOut = (session: TransactionSession) => {
      const { client, storage } = this.#handedOut(session);
      newest = () => storage.newest;
      return { client, storage, rollbackWith: session.scope.rollbackWith };
    };
    const result = await this.#database.transactions.run(handOut, work, options);
    const stored = newest?.();
    if (stored !== undefined) this.#log.known.note(stored);
    return result;
  }

  /**
   * Stores events of another log as they are, by binary COPY: all of the batch, or none.
   *
   * @throws `StorageAccessDeniedError` (`STORAGE_ACCESS_DENIED`) when the role does not own the log.
   * @throws as `EventStorageAdapter.restore` does.
   */
  async restore(given: RestoreBatch): Promise<void> {
    const { connections, names, settings, known, changes } = this.#log;
    connections.life.throwIfMayNotWrite();
    const batch = checkedRestoreBatch(given);
    const { writeTimeoutMs, transactionIdleTimeoutMs: idleTimeoutMs } = settings;
    const { orderingGuarantee } = this;
    await restore({ connections, names, orderingGuarantee, writeTimeoutMs, idleTimeoutMs }, batch);
    const newest = batch.events.at(-1);
    if (newest === undefined) return;
    known.note(newest);
    changes.stored({ isNotified: true });
  }

  /**
   * Joins a transaction that the caller has opened on its own client, at READ COMMITTED. The caller commits or rolls
   * back; until then publishes on the adapter itself in the same scope of order wait, at most `writeTimeoutMs`.
   *
   * @throws `AdapterClosedError` (`ADAPTER_CLOSED`) after `close`.
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) when the client has no open transaction, or a
   * failed one; and from a publish in it when the isolation level is stricter.
   *
   * @example
   * ```ts
   * await client.query("begin");
   * await store.within(adapter.using(client)).stream({ category: "orders", stream: orderId }).publish({ events });
   * await client.query("commit");
   * ```
   */
  using(client: ClientBase): PostgresTransaction {
    this.#log.connections.life.throwIfEnded();
    return this.#database.transactions.join(client, (session) => this.#handedOut(session));
  }

  /**
   * All migrations of the log, and when each was applied: also those of newer versions of this package, if they say
   * that older versions may go on (`compatible`).
   */
  migrations(): Promise<readonly MigrationStatus[]> {
    return this.#log.migrations();
  }

  /**
   * Applies pending migrations, and sets the sequence past every stored number, which logical replication does not do, and past a
   * number that you name: after events were lost, the highest that anybody has seen, so that no other event gets it. Safe at any time;
   * writers wait for it. A sequence is never moved back, so mind what you name.
   *
   * @throws `RangeError` for a number that is not an integer from 0 to 2^52.
   * @throws `StorageAccessDeniedError` (`STORAGE_ACCESS_DENIED`) when the role does not own the log.
   *
   * @example
   * ```ts
   * await adapter.migrate({ nextSequenceNumberAbove: 2_000_000 });
   * ```
   */
  async migrate(options: SequenceOptions = {}): Promise<void> {
    withKnownMembers("The options of migrate", options, SEQUENCE_OPTIONS);
    return this.#log.migrate(options);
  }

  /**
   * Ends the adapter once the operations in flight have ended, and its connections if it opened them itself. A second
   * call waits for the same close.
   *
   * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of a transaction, for which it would wait.
   */
  async close(): Promise<void> {
    const { changes, connections } = this.#log;
    const { sharers } = this.#database;
    return connections.life.close({
      announce: () => {
        for (const { announce } of [{ announce: () => changes.wake() }, ...sharers]) announce();
      },
      end: async () => {
        await Promise.all([...sharers].map(({ end }) => end()));
        await endLog({ changes, connections });
      },
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #handedOut(session: TransactionSession): PostgresTransaction & { readonly storage: TransactionStorage } {
    const { names, settings } = this.#database;
    const { orderingGuarantee } = this;
    const { writeTimeoutMs } = settings;
    const storage = new TransactionStorage({ session, names, orderingGuarantee, writeTimeoutMs });
    return { client: session.client, storage };
  }
}
