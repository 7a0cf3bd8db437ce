import {
  AdapterLife,
  checkedRestoreBatch,
  Deadline,
  type EventStorage,
  type EventStorageAdapter,
  guardedLogger,
  type MigrationStatus,
  type OrderingGuarantee,
  type RestoreBatch,
  type SaveRequest,
  type SaveResult,
  type SourceNews,
  type SourcePlace,
  type StorageCapabilities,
  type StorageInspection,
  type TransactionOptions,
  UnsuitableTransactionError,
  memberNames,
  withKnownMembers,
} from "@eventfold/store/adapter";
import type BetterSqlite3 from "better-sqlite3";
import { ChangeWatch } from "./changes/change-watch.ts";
import type { Client } from "./connection/client.ts";
import type { DatabaseFile } from "./connection/database-file.ts";
import { isInMemory, openConnection } from "./connection/open-connection.ts";
import { closeDatabase, type SqliteDatabase, sharing } from "./connection/sqlite-database.ts";
import { StatementCache } from "./connection/statement-cache.ts";
import { Transactions } from "./connection/transactions.ts";
import { isHeldByAnother } from "./connection/write-transaction.ts";
import { SqliteInspection } from "./inspection/sqlite-inspection.ts";
import { ConnectionScope } from "./reading/connection-scope.ts";
import { newsOf } from "./reading/news.ts";
import type { ReadScope } from "./reading/read-scope.ts";
import { migrate, migrationsOf } from "./migrations/migrate.ts";
import { EVENT_MIGRATIONS } from "./migrations/event-migrations.generated.ts";
import { checkTables, translateErrorOn } from "./schema/missing-tables.ts";
import { agreedGuarantee } from "./schema/ordering-guarantee.ts";
import { SqliteEventStorage } from "./sqlite-event-storage.ts";
import { type CheckedOptions, checkedOptions, type SqliteEventStorageOptions } from "./sqlite-event-storage-options.ts";
import { restoreWithin, type SqliteTransaction, storageWithin } from "./sqlite-transaction.ts";
import { writeBatch } from "./writing/restore-writer.ts";
import { runInTurns } from "./writing/run-in-turns.ts";
import { Visibility } from "./writing/visibility.ts";
import { WriteQueue } from "./writing/write-queue.ts";

const EVENTS = { component: "events", migrations: EVENT_MIGRATIONS };

/** What `open` has found out and hands to the constructor. */
interface OpenedLog {
  readonly client: Client;
  readonly file: DatabaseFile;
  readonly orderingGuarantee: OrderingGuarantee;
  readonly options: CheckedOptions;
  readonly changes: ChangeWatch;
}

const OPTIONS = memberNames<SqliteEventStorageOptions>({
  filename: true,
  writeTimeoutMs: true,
  migrations: true,
  synchronous: true,
  orderingGuarantee: true,
  logger: true,
});

/**
 * Events in an SQLite database: one file, any number of processes on one machine.
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
  readonly inspection: StorageInspection;
  readonly #life = new AdapterLife();
  readonly #database: SqliteDatabase;
  readonly #changes: ChangeWatch;
  readonly #scope: ReadScope;

  /**
   * Opens a database, creates it when it is missing, and applies pending migrations. Any number of processes may do so
   * at once. With `migrations: "check"` a database without this schema is refused before anything of it is created or changed.
   *
   * @throws `NotADatabaseError` (`NOT_A_DATABASE`) when the file is something else, or damaged.
   * @throws `StorageReadOnlyError` (`STORAGE_READ_ONLY`) when the file or its directory cannot be written to.
   * @throws `StorageUnavailableError` (`STORAGE_UNAVAILABLE`) when there is no such directory.
   * @throws `StorageBusyError` (`STORAGE_BUSY`) when others held the database for longer than `writeTimeoutMs`.
   * @throws `SchemaTooNewError`, `SchemaTooOldError`, `MigrationEditedError` when its schema does not fit.
   * @throws `OrderingGuaranteeMismatchError` (`ORDERING_GUARANTEE_MISMATCH`) when its log was created with a different
   * one.
   */
  static async open(options: SqliteEventStorageOptions): Promise<SqliteEventStorageAdapter> {
    withKnownMembers("The options of SqliteEventStorageAdapter.open", options, OPTIONS);
    const checked = checkedOptions(options);
    const { filename, migrations: mode, synchronous, orderingGuarantee: requested } = checked;
    const deadline = Deadline.after(checked.writeTimeoutMs);
    const migrateSchema = (client: Client) => migrate(client, { ...EVENTS, mode, deadline });
    const checkContent = mode === "check" ? migrateSchema : undefined;
    const { client, file } = await openConnection({ filename, synchronous, deadline, checkContent });
    try {
      await migrateSchema(client);
      checkTables(client);
      const orderingGuarantee = await agreedGuarantee(client, { requested, deadline });
      const changes = new ChangeWatch({
        client,
        file,
        version: "PRAGMA data_version", // its own commits, which SQLite leaves out, the adapter announces itself
        isShared: !isInMemory(filename),
        logger: guardedLogger(options.logger),
      });
      return new SqliteEventStorageAdapter({ client, file, orderingGuarantee, options: checked, changes });
    } catch (error) {
      const translated = translateErrorOn(client, error);
      client.close();
      throw translated;
    }
  }

  private constructor({ client, file, orderingGuarantee, options, changes }: OpenedLog) {
    const isFile = !isInMemory(options.filename);
    const life = this.#life;
    const statements = StatementCache.of(client);
    const visibility = new Visibility(statements);
    const { writeTimeoutMs } = options;
    const onCommitted = () => changes.announce();
    const queue = new WriteQueue({ client, file, visibility, writeTimeoutMs, onCommitted });
    const transactions = new Transactions({ client, life, queue });
    this.orderingGuarantee = orderingGuarantee;
    this.capabilities = { durable: isFile, sharedStorage: isFile, transactions: true, notifications: true };
    this.#database = { client, file, options, life, openTransaction: visibility, queue, transactions };
    this.#changes = changes;
    this.#scope = new ConnectionScope({
      statements,
      file,
      lifetime: life,
      visibleUpTo: () => visibility.upTo,
      timeoutMs: writeTimeoutMs,
    });
    this.storage = new SqliteEventStorage(this.#scope, (request) => this.#save(request));
    const migrations = () => migrationsOf(client, EVENTS);
    this.inspection = new SqliteInspection({ client, scope: this.#scope, orderingGuarantee, migrations });
    sharing.share(this, this.#database);
  }

  get isClosed(): boolean {
    return this.#life.isEnded;
  }

  newsOf(places: readonly SourcePlace[]): Promise<readonly SourceNews[]> {
    return newsOf(this.#scope, places);
  }

  /**
   * All migrations of the log, and when each was applied: also those of newer versions of this package, if they say
   * that older versions may go on (`compatible`).
   */
  migrations(): Promise<readonly MigrationStatus[]> {
    return this.#scope.read(() => migrationsOf(this.#database.client, EVENTS));
  }

  onChange(listener: () => void): () => void {
    return this.#changes.listen(listener);
  }

  /**
   * Runs work in one transaction, alone: all other publishes and transactions wait until it has ended, so keep it
   * short. Reads outside go on, and see what is committed.
   *
   * @throws what the work rejects with, unchanged; then nothing was stored.
   * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of another transaction of this adapter.
   * @throws `StorageBusyError` (`STORAGE_BUSY`) when its turn did not come within `writeTimeoutMs`.
   * @throws `StorageReplacedError` (`STORAGE_REPLACED`) when the file was deleted, moved or replaced.
   * @throws `TransactionEndedError` (`TRANSACTION_ENDED`) when the callback has ended the transaction by its own SQL.
   *
   * @example
   * ```ts
   * await adapter.transaction(async (tx) => {
   *   await store.within(tx).stream({ category: "users", stream: "user-1" }).publish({ events });
   *   tx.client.prepare("INSERT INTO outbox (text) VALUES (?)").run("welcome");
   * });
   * ```
   */
  async transaction<T>(
    work: (transaction: SqliteTransaction) => Promise<T>,
    settings?: TransactionOptions,
  ): Promise<T> {
    const { client, options, transactions } = this.#database;
    return transactions.run(
      (scope) => {
        const storage = storageWithin({ client, scope, timeoutMs: options.writeTimeoutMs });
        return { client, storage, restore: restoreWithin({ client, scope }), rollbackWith: scope.rollbackWith };
      },
      work,
      settings,
    );
  }

  /**
   * Joins a transaction that is open on a connection of your own to the same file. What is published in it is stored
   * when you commit, and others are told soon after. Begin it with `BEGIN IMMEDIATE`, and commit soon: no one else can
   * publish meanwhile, and a publish on the adapter itself waits for you.
   *
   * The scope belongs to that one transaction: take a new one for the next.
   *
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) when none is open, or it is on another database.
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
    const { file, options, transactions } = this.#database;
    this.#life.throwIfEnded();
    if (!client.inTransaction) {
      throw new UnsuitableTransactionError("No transaction is open on the connection. Begin one with BEGIN IMMEDIATE.");
    }
    if (fileOf(client) !== fileOf(this.#database.client) || fileOf(client) === "") {
      throw new UnsuitableTransactionError("The transaction is on a different database from the adapter.");
    }
    file.throwIfAnyReplaced();
    const onWritten = () => this.#checkJoined(client);
    return transactions.join(client, (scope) => ({
      client,
      storage: storageWithin({ client, scope, timeoutMs: options.writeTimeoutMs, onWritten }),
      restore: restoreWithin({ client, scope, onWritten }),
    }));
  }

  /**
   * Stores events of another log as they are: all of the batch, or none. The turns of the event loop stay short meanwhile.
   *
   * @throws as `EventStorageAdapter.restore` does.
   */
  async restore(given: RestoreBatch): Promise<void> {
    this.#life.throwIfMayNotWrite();
    const batch = checkedRestoreBatch(given);
    const { client, queue } = this.#database;
    await this.#life.track(
      queue.exclusively(async () => {
        try {
          await runInTurns(writeBatch(StatementCache.of(client), batch));
        } catch (error) {
          throw translateErrorOn(client, error);
        }
      }),
    );
  }

  /**
   * Ends the adapter once the publishes and transactions in its queue have ended. Calling it again is the same call.
   *
   * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of a transaction, for which it would wait.
   */
  async close(): Promise<void> {
    return this.#life.close({ announce: () => this.#changes.close(), end: () => closeDatabase(this.#database) });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #save(request: SaveRequest): Promise<SaveResult> {
    this.#life.throwIfMayNotWrite();
    return this.#database.queue.save(request);
  }

  /** A connection opened before the file was replaced has the same path, and another database. */
  #checkJoined(client: BetterSqlite3.Database): void {
    const { file, client: own } = this.#database;
    file.throwIfAnyReplaced();
    if (client === own || this.isClosed || isHeldByAnother(own)) return;
    throw new UnsuitableTransactionError(
      "The transaction is on a different database from the adapter: the file was replaced after one of them had opened it, or they use two copies of SQLite. Open the connection anew, with the `better-sqlite3` of the adapter.",
    );
  }
}

/** The path of the main database; empty in memory. */
function fileOf(client: Client): unknown {
  return client.prepare("SELECT file FROM pragma_database_list WHERE name = 'main'").pluck().get();
}
