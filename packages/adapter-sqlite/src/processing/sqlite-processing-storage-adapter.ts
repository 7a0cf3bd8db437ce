import type {
  ProcessingStorage,
  ProcessingStorageAdapter,
  ProcessingStorageCapabilities,
  ProcessingTransaction,
} from "@eventfold/processing";
import {
  AdapterLife,
  guardedLogger,
  type MigrationStatus,
  memberNames,
  withKnownMembers,
} from "@eventfold/store/adapter";
import { ChangeWatch } from "../changes/change-watch.ts";
import { isInMemory } from "../connection/open-connection.ts";
import { openOnDatabase } from "../connection/own-database.ts";
import { closeDatabase, type SqliteDatabase } from "../connection/sqlite-database.ts";
import { TableAccess } from "../connection/table-access.ts";
import type { SqliteEventStorageAdapter } from "../sqlite-event-storage-adapter.ts";
import { CHANGES } from "./counters.ts";
import { prepareSchema, processingMigrationsOf } from "./prepare-schema.ts";
import { ProcessingTables } from "./processing-tables.ts";
import { SqliteProcessingStorage } from "./sqlite-processing-storage.ts";
import type { SqliteProcessingStorageOptions } from "./sqlite-processing-storage-options.ts";
import { ClosingTransaction, type SqliteProcessingTransaction } from "./sqlite-processing-transaction.ts";

const OPTIONS = memberNames<SqliteProcessingStorageOptions>({
  filename: true,
  writeTimeoutMs: true,
  migrations: true,
  synchronous: true,
  shareWith: true,
  logger: true,
});

/**
 * Subscriptions, leases, checkpoints, parked events and locks in an SQLite database, alone or on the connection of an event
 * adapter: one file, any number of processes of one machine.
 *
 * SQLite has one writer at a time. Each call that writes, beats too, is a short transaction that waits for its turn. If another
 * transaction is open for longer than `writeTimeoutMs`, the call rejects with `StorageBusyError`, and nothing was stored.
 *
 * @example
 * ```ts
 * const events = await SqliteEventStorageAdapter.open({ filename: "app.db" });
 * const processing = await SqliteProcessingStorageAdapter.open({ shareWith: events });
 * ```
 */
export class SqliteProcessingStorageAdapter implements ProcessingStorageAdapter<SqliteProcessingTransaction> {
  readonly capabilities: ProcessingStorageCapabilities;
  readonly transactionsAtOnce = 1;
  readonly storage: ProcessingStorage;
  readonly #database: SqliteDatabase;
  /** The adapter whose database it is; `undefined` when it was opened for processing alone. */
  readonly #shareWith: SqliteEventStorageAdapter | undefined;
  readonly #life: AdapterLife;
  readonly #changes: ChangeWatch;
  readonly #outside: TableAccess<ProcessingTables>;
  /** Processing within each transaction, made when it is first asked for. */
  readonly #within = new WeakMap<object, ProcessingTransaction>();

  /**
   * Opens a database, creates it if it is missing, and applies pending migrations; with `shareWith`, on the connection of an
   * event adapter.
   *
   * @throws `NotADatabaseError`, `StorageReadOnlyError`, `StorageUnavailableError`, `StorageBusyError`,
   * `SchemaTooNewError`, `SchemaTooOldError`, `MigrationEditedError` as the event adapter does; `AdapterClosedError` when that
   * adapter is closed.
   */
  static async open(options: SqliteProcessingStorageOptions): Promise<SqliteProcessingStorageAdapter> {
    withKnownMembers("The options of SqliteProcessingStorageAdapter.open", options, OPTIONS);
    return openOnDatabase(options, async (database) => {
      await prepareSchema(database);
      return new SqliteProcessingStorageAdapter(database, options);
    });
  }

  private constructor(database: SqliteDatabase, { shareWith, logger }: SqliteProcessingStorageOptions) {
    const { client, file, life: beneath } = database;
    const isFile = !isInMemory(database.options.filename);
    const capabilities = { durable: isFile, sharedStorage: isFile, transactions: true, notifications: true };
    this.capabilities = Object.freeze(capabilities);
    this.#database = database;
    this.#shareWith = shareWith;
    this.#life = shareWith === undefined ? beneath : new AdapterLife({ beneath });
    // At least those that share the connection are others; the version shows their changes too.
    this.#changes = new ChangeWatch({ client, file, version: CHANGES, isShared: true, logger: guardedLogger(logger) });
    const tables = new ProcessingTables(client);
    this.#outside = new TableAccess({ database, life: this.#life, tables, onWritten: () => this.#changes.look() });
    this.storage = new SqliteProcessingStorage(this.#outside);
  }

  get isClosed(): boolean {
    return this.#life.isEnded;
  }

  /**
   * All migrations of processing, and when each was applied: also those of newer versions of this package, if they say that
   * older versions may go on (`compatible`).
   */
  migrations(): Promise<readonly MigrationStatus[]> {
    return this.#outside.read(() => processingMigrationsOf(this.#database));
  }

  /** While somebody listens, it looks for changes by others every 25 ms. Beats, checkpoints and publishes wake nobody. */
  onChange(listener: () => void): () => void {
    return this.#life.isEnded ? () => {} : this.#changes.listen(listener);
  }

  /**
   * Runs work in one transaction, of the event adapter if it shares with one. All other writes, beats too, wait until it ends, so
   * keep it much shorter than a lease. Reads on `storage` go on, and see what is committed.
   *
   * @returns what the work returns, once committed.
   * @throws what the work throws, rolled back; `LeaseLostError` for a step that could not be taken; `NestedPublishError` inside
   * another transaction's callback; `StorageBusyError` when its turn does not come in time.
   */
  async transaction<T>(work: (transaction: SqliteProcessingTransaction) => Promise<T>): Promise<T> {
    this.#life.throwIfEnded();
    if (this.#shareWith !== undefined) return this.#life.track(this.#shareWith.transaction(work));
    const { client, transactions } = this.#database;
    return transactions.run(() => ({ client }), work);
  }

  within(transaction: object): ProcessingTransaction {
    const known = this.#within.get(transaction);
    if (known !== undefined) return known;
    const opened = this.#database.transactions.openedAs(transaction);
    const processing = new ClosingTransaction(opened);
    this.#within.set(transaction, processing);
    return processing;
  }

  /**
   * Ends the adapter once the operations in flight have ended, and the connection if it opened that itself.
   *
   * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of a transaction, for which it would wait.
   */
  async close(): Promise<void> {
    const end = () => (this.#shareWith === undefined ? closeDatabase(this.#database) : undefined);
    return this.#life.close({ announce: () => this.#changes.close(), end });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
