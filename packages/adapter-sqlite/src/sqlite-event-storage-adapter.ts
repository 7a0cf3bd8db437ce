import { AsyncLocalStorage } from "node:async_hooks";
import type {
  EventStorage,
  EventStorageAdapter,
  MigrationStatus,
  OrderingGuarantee,
  SaveRequest,
  SaveResult,
  SourceNews,
  SourcePlace,
  StorageCapabilities,
} from "@eventfold/store";
import { AdapterClosedError, guardedLogger, NestedPublishError, UnsuitableTransactionError } from "@eventfold/types";
import type BetterSqlite3 from "better-sqlite3";
import { ChangeWatch } from "./changes/change-watch.ts";
import type { Client } from "./connection/client.ts";
import type { DatabaseFile } from "./connection/database-file.ts";
import { isInMemory, openConnection } from "./connection/open-connection.ts";
import { shareConnection } from "./connection/shared-connection.ts";
import { StatementCache } from "./connection/statement-cache.ts";
import { storageErrorOf } from "./connection/storage-error.ts";
import { isHeldByAnother } from "./connection/write-transaction.ts";
import { ConnectionScope } from "./reading/connection-scope.ts";
import { newsOf } from "./reading/news.ts";
import type { ReadScope } from "./reading/read-scope.ts";
import { migrate, migrationsOf } from "./schema/migrate.ts";
import { EVENT_MIGRATIONS } from "./schema/migration-sources.generated.ts";
import { checkTables, storageErrorOn } from "./schema/missing-tables.ts";
import { agreedGuarantee } from "./schema/ordering-guarantee.ts";
import { SqliteEventStorage } from "./sqlite-event-storage.ts";
import { type SettledOptions, type SqliteEventStorageOptions, settled } from "./sqlite-event-storage-options.ts";
import { type SqliteTransaction, storageWithin } from "./sqlite-transaction.ts";
import { Visibility } from "./writing/visibility.ts";
import { WriteQueue } from "./writing/write-queue.ts";

/** What `open` has found out and hands to the constructor. */
interface OpenedLog {
  readonly client: Client;
  readonly file: DatabaseFile;
  readonly orderingGuarantee: OrderingGuarantee;
  readonly options: SettledOptions;
  readonly changes: ChangeWatch;
}

/**
 * Events in an SQLite database: one file, any number of processes of one machine.
 *
 * @example
 * ```ts
 * const adapter = await SqliteEventStorageAdapter.open({ filename: "app.db" });
 * const store = new EventStore({ adapter });
 * ```
 */
export class SqliteEventStorageAdapter implements EventStorageAdapter<SqliteTransaction> {
  readonly orderingGuarantee: OrderingGuarantee;
  readonly capabilities: StorageCapabilities;
  readonly storage: EventStorage;
  readonly #client: Client;
  readonly #file: DatabaseFile;
  readonly #timeoutMs: number;
  readonly #changes: ChangeWatch;
  readonly #queue: WriteQueue;
  readonly #scope: ReadScope;
  /** Tells whether a call is made from inside the callback of a transaction that is still open. */
  readonly #inside = new AsyncLocalStorage<{ isOpen: boolean }>();
  /** The transactions that were handed out, and whether they have ended. */
  readonly #transactions = new WeakMap<object, EventStorage>();
  #closing: Promise<void> | undefined;

  /**
   * Opens a database, creates it when it is missing, and applies pending migrations. Any number of processes may do so
   * at once.
   *
   * @throws `NotADatabaseError` (`NOT_A_DATABASE`) when the file is something else, or damaged.
   * @throws `StorageReadOnlyError` (`STORAGE_READ_ONLY`) when the file or its directory cannot be written to.
   * @throws `StorageUnavailableError` (`STORAGE_UNAVAILABLE`) when there is no such directory.
   * @throws `StorageBusyError` (`STORAGE_BUSY`) when others held the database for longer than `writeTimeoutMs`.
   * @throws `SchemaTooNewError`, `SchemaTooOldError`, `MigrationEditedError` when its schema does not fit.
   * @throws `OrderingGuaranteeMismatchError` (`ORDERING_GUARANTEE_MISMATCH`) when its log was created with another one.
   */
  static async open(options: SqliteEventStorageOptions): Promise<SqliteEventStorageAdapter> {
    const checked = settled(options);
    const { filename, migrations: mode, synchronous, orderingGuarantee: requested } = checked;
    const untilMs = performance.now() + checked.writeTimeoutMs;
    const { client, file } = await openConnection({ filename, synchronous, untilMs });
    try {
      await migrate(client, { component: "events", migrations: EVENT_MIGRATIONS, mode, untilMs });
      checkTables(client);
      const orderingGuarantee = await agreedGuarantee(client, { requested, untilMs });
      const changes = new ChangeWatch({
        client,
        file,
        isShared: !isInMemory(filename),
        logger: guardedLogger(options.logger),
      });
      return new SqliteEventStorageAdapter({ client, file, orderingGuarantee, options: checked, changes });
    } catch (error) {
      const translated = storageErrorOn(client, error);
      client.close();
      throw translated;
    }
  }

  private constructor({ client, file, orderingGuarantee, options, changes }: OpenedLog) {
    const isFile = !isInMemory(options.filename);
    const statements = StatementCache.of(client);
    const visibility = new Visibility(statements);
    const { writeTimeoutMs } = options;
    this.orderingGuarantee = orderingGuarantee;
    this.capabilities = { durable: isFile, sharedStorage: isFile, transactions: true, notifications: true };
    this.#client = client;
    this.#file = file;
    this.#timeoutMs = writeTimeoutMs;
    this.#changes = changes;
    this.#queue = new WriteQueue({ client, file, visibility, writeTimeoutMs, onCommitted: () => changes.announce() });
    this.#scope = new ConnectionScope({
      statements,
      file,
      visibleUpTo: () => visibility.upTo,
      closedBy: () => (this.isClosed ? new AdapterClosedError() : undefined),
      timeoutMs: writeTimeoutMs,
    });
    this.storage = new SqliteEventStorage(this.#scope, (request) => this.#save(request));
    shareConnection(this, {
      client,
      file,
      options,
      covering: () => visibility.covering,
      closedBy: () => (this.isClosed ? new AdapterClosedError() : undefined),
      refusal: () => this.#refusal(),
      exclusively: (work) => this.#queue.exclusively(work),
      hasEnded: (transaction) => this.#transactions.get(transaction)?.isClosed,
    });
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  newsOf(places: readonly SourcePlace[]): Promise<readonly SourceNews[]> {
    return newsOf(this.#scope, places);
  }

  /**
   * All migrations of the log, and when it had each: also those of newer versions of this package, each of which then says
   * that older ones may go on (`compatible`).
   */
  migrations(): Promise<readonly MigrationStatus[]> {
    return this.#scope.read(() => migrationsOf(this.#client, { component: "events", migrations: EVENT_MIGRATIONS }));
  }

  onChange(listener: () => void): () => void {
    return this.#changes.listen(listener);
  }

  /**
   * Runs work in one transaction, alone: publishes and transactions of all others wait until it has ended, so keep it
   * short. Reads outside go on, and see what is committed.
   *
   * @throws what the work rejects with, unchanged; then nothing was stored.
   * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of another transaction of this adapter.
   * @throws `StorageBusyError` (`STORAGE_BUSY`) when its turn did not come within `writeTimeoutMs`.
   * @throws `StorageReplacedError` (`STORAGE_REPLACED`) when the file was deleted, moved or replaced.
   * @throws `TransactionEndedError` (`TRANSACTION_ENDED`) when the callback has ended the transaction by SQL of its own.
   *
   * @example
   * ```ts
   * await adapter.transaction(async (tx) => {
   *   await store.within(tx).stream({ category: "users", stream: "user-1" }).publish({ events });
   *   tx.client.prepare("INSERT INTO outbox (text) VALUES (?)").run("welcome");
   * });
   * ```
   */
  async transaction<T>(work: (transaction: SqliteTransaction) => Promise<T>): Promise<T> {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
    const marker = { isOpen: true };
    const failures: unknown[] = [];
    const client = this.#client;
    const storage = storageWithin({ client, hasEnded: () => !marker.isOpen, timeoutMs: this.#timeoutMs });
    const rollbackWith = (error: unknown) => void failures.push(error);
    return this.#queue.exclusively(async () => {
      try {
        const result = await this.#inside.run(marker, () => work(this.#handedOut({ client, storage, rollbackWith })));
        if (failures.length > 0) throw failures[0];
        return result;
      } finally {
        marker.isOpen = false;
      }
    });
  }

  /**
   * Joins a transaction that is open on a connection of your own to the same file. What is published in it is stored when
   * you commit, and others are told soon after. Begin it with `BEGIN IMMEDIATE`, and commit soon: nobody else can
   * publish meanwhile, and a publish on the adapter itself waits for you.
   *
   * The scope belongs to that one transaction: take a new one for the next.
   *
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) when none is open, or on another database.
   * @throws `StorageReplacedError` (`STORAGE_REPLACED`) when the file was deleted, moved or replaced.
   *
   * @example
   * ```ts
   * const client = new Database("app.db");
   * client.exec("BEGIN IMMEDIATE");
   * await store.within(adapter.using(client)).stream({ category: "users", stream: "user-1" }).publish({ events });
   * client.exec("COMMIT");
   * ```
   */
  using(client: BetterSqlite3.Database): SqliteTransaction {
    if (this.isClosed) throw new AdapterClosedError();
    if (!client.inTransaction) {
      throw new UnsuitableTransactionError("No transaction is open on the connection. Begin one with BEGIN IMMEDIATE.");
    }
    if (fileOf(client) !== fileOf(this.#client) || fileOf(client) === "") {
      throw new UnsuitableTransactionError("The transaction is on another database than the adapter.");
    }
    this.#file.throwIfAnyReplaced();
    const onWritten = () => this.#checkJoined(client);
    const storage = storageWithin({ client, hasEnded: () => false, timeoutMs: this.#timeoutMs, onWritten });
    return this.#handedOut({ client, storage });
  }

  /**
   * Ends the adapter once the publishes and transactions in its queue have ended. Calling it again is the same call.
   *
   * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of a transaction, for which it would wait.
   */
  async close(): Promise<void> {
    if (this.#inside.getStore()?.isOpen === true) throw new NestedPublishError();
    if (this.#closing === undefined) {
      this.#closing = this.#end();
      this.#changes.close();
    }
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #save(request: SaveRequest): Promise<SaveResult> {
    const refusal = this.#refusal();
    return refusal === undefined ? this.#queue.save(request) : Promise.reject(refusal);
  }

  async #end(): Promise<void> {
    await this.#queue.idle();
    try {
      this.#client.close(); // the last connection to a file also moves the write-ahead log into it
    } catch (error) {
      throw storageErrorOf(error);
    }
  }

  /** A connection opened before the file was replaced has the same path, and another database. */
  #checkJoined(client: BetterSqlite3.Database): void {
    this.#file.throwIfAnyReplaced();
    if (client === this.#client || this.isClosed || isHeldByAnother(this.#client)) return;
    throw new UnsuitableTransactionError(
      "The transaction is on another database than the adapter: the file was replaced after one of them had opened it, or they use two copies of SQLite. Open the connection anew, with the `better-sqlite3` of the adapter.",
    );
  }

  #handedOut(transaction: SqliteTransaction): SqliteTransaction {
    this.#transactions.set(transaction, transaction.storage);
    return transaction;
  }

  /** Why a call may not wait for its turn to write. */
  #refusal(): Error | undefined {
    if (this.isClosed) return new AdapterClosedError();
    return this.#inside.getStore()?.isOpen === true ? new NestedPublishError() : undefined;
  }
}

/** The path of the main database; empty in memory. */
function fileOf(client: Client): unknown {
  return client.prepare("SELECT file FROM pragma_database_list WHERE name = 'main'").pluck().get();
}
