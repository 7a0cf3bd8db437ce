import type {
  ProjectionStorage,
  ProjectionStorageAdapter,
  ProjectionStorageCapabilities,
} from "@eventfold/projections";
import { type QueryFunctions, queryFunctions } from "@eventfold/query";
import { AdapterLife, type MigrationStatus, memberNames, withKnownMembers } from "@eventfold/store/adapter";
import { isInMemory } from "../connection/open-connection.ts";
import { openOnDatabase } from "../connection/own-database.ts";
import { closeDatabase, type SqliteDatabase } from "../connection/sqlite-database.ts";
import type { StateIndexes } from "../query/projection-queries.ts";
import type { SqliteEventStorageAdapter } from "../sqlite-event-storage-adapter.ts";
import { BeforeImages } from "./before-images.ts";
import { OutsideAccess } from "./outside-access.ts";
import { prepareSchema, projectionMigrationsOf } from "./prepare-schema.ts";
import { checkedIndex } from "./projection-index.ts";
import { ProjectionReader } from "./projection-reader.ts";
import { SqliteProjectionStorage } from "./sqlite-projection-storage.ts";
import type { SqliteProjectionStorageOptions } from "./sqlite-projection-storage-options.ts";
import type { SqliteProjectionTransaction } from "./sqlite-projection-transaction.ts";
import { TransactionAccess } from "./transaction-access.ts";

/** What `open` has found out and hands to the constructor. */
interface OpenedStorage {
  readonly functions: QueryFunctions;
  readonly database: SqliteDatabase;
  readonly indexes: StateIndexes;
  /** Whose database it is; `undefined` when it was opened for the projections alone. */
  readonly shareWith: SqliteEventStorageAdapter | undefined;
}

const OPTIONS = memberNames<SqliteProjectionStorageOptions>({
  filename: true,
  writeTimeoutMs: true,
  migrations: true,
  synchronous: true,
  shareWith: true,
  indexes: true,
  functions: true,
});

/**
 * Projections in an SQLite database, alone or on the connection of an event adapter.
 *
 * A search runs in the calling thread: one that no index serves blocks the event loop for as long as it takes.
 *
 * @example
 * ```ts
 * const events = await SqliteEventStorageAdapter.open({ filename: "app.db" });
 * const projections = await SqliteProjectionStorageAdapter.open({
 *   shareWith: events,
 *   indexes: [{ projection: "account", path: "state.owner.city" }],
 * });
 * const projectionStore = new ProjectionStore({ adapter: projections });
 * ```
 */
export class SqliteProjectionStorageAdapter implements ProjectionStorageAdapter<SqliteProjectionTransaction> {
  readonly capabilities: ProjectionStorageCapabilities;
  readonly functions: QueryFunctions;
  readonly storage: ProjectionStorage;
  readonly #opened: OpenedStorage;
  readonly #life: AdapterLife;
  readonly #outside: OutsideAccess;
  readonly #reader: ProjectionReader;
  /** The projections within each transaction, made when they are first asked for. */
  readonly #within = new WeakMap<object, ProjectionStorage>();

  /**
   * Opens a database, creates it when it is missing, applies pending migrations and creates the declared indexes; with
   * `shareWith`, on the connection of an event adapter.
   *
   * @throws `NotADatabaseError`, `StorageReadOnlyError`, `StorageUnavailableError`, `StorageBusyError`,
   * `SchemaTooNewError`, `SchemaTooOldError`, `MigrationEditedError` as the event adapter does; `AdapterClosedError` when that one is closed.
   * @throws `InvalidQueryError` (`INVALID_QUERY`) when the path of an index is malformed.
   * @throws `TypeError` when two functions have the same name.
   */
  static async open(options: SqliteProjectionStorageOptions): Promise<SqliteProjectionStorageAdapter> {
    withKnownMembers("The options of SqliteProjectionStorageAdapter.open", options, OPTIONS);
    const declared = (options.indexes ?? []).map(checkedIndex);
    const functions = queryFunctions(...(options.functions ?? []));
    return openOnDatabase(options, async (database) => {
      const indexes = await prepareSchema(database, declared);
      return new SqliteProjectionStorageAdapter({ functions, database, indexes, shareWith: options.shareWith });
    });
  }

  private constructor(opened: OpenedStorage) {
    const { database, functions, indexes, shareWith } = opened;
    const { life: beneath } = database;
    const isFile = !isInMemory(database.options.filename);
    this.functions = functions;
    this.capabilities = Object.freeze({ durable: isFile, sharedStorage: isFile, transactions: true });
    this.#opened = opened;
    this.#life = shareWith === undefined ? beneath : new AdapterLife({ beneath });
    this.#reader = new ProjectionReader(database.client, indexes);
    this.#outside = new OutsideAccess({ database, reader: this.#reader, life: this.#life });
    this.storage = new SqliteProjectionStorage(this.#outside);
  }

  get isClosed(): boolean {
    return this.#life.isEnded;
  }

  /**
   * All migrations of the projections, and when each was applied: also those of newer versions of this package, if they
   * say that older versions may go on (`compatible`).
   */
  migrations(): Promise<readonly MigrationStatus[]> {
    return this.#outside.read(() => projectionMigrationsOf(this.#opened.database));
  }

  /**
   * Runs work in one transaction, of the event adapter where it shares with one. Other writers wait until it ends; readers
   * outside see what is committed.
   *
   * @returns what the work returns, once committed.
   * @throws what the work throws, rolled back; `NestedPublishError` inside another transaction's callback;
   * `StorageBusyError` when its turn does not come in time.
   */
  async transaction<T>(work: (transaction: SqliteProjectionTransaction) => Promise<T>): Promise<T> {
    const { database, shareWith } = this.#opened;
    this.#life.throwIfEnded();
    if (shareWith !== undefined) return this.#life.track(shareWith.transaction(work));
    return database.transactions.run(() => ({ client: database.client }), work);
  }

  within(transaction: object): ProjectionStorage {
    const known = this.#within.get(transaction);
    if (known !== undefined) return known;
    const storage = new SqliteProjectionStorage(this.#accessWithin(transaction));
    this.#within.set(transaction, storage);
    return storage;
  }

  /**
   * Ends the adapter once the operations in flight have ended, and the connection when it opened that itself.
   *
   * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of a transaction, for which it would wait.
   */
  async close(): Promise<void> {
    const { database, shareWith } = this.#opened;
    return this.#life.close({ end: () => (shareWith === undefined ? closeDatabase(database) : undefined) });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accessWithin(transaction: object): TransactionAccess {
    const { database, indexes } = this.#opened;
    const opened = database.transactions.openedAs(transaction);
    const { client, scope } = opened;
    const isOwn = client === database.client;
    const { number } = database.openTransaction;
    return new TransactionAccess({
      client,
      scope,
      reader: isOwn ? this.#reader : new ProjectionReader(client, indexes),
      timeoutMs: database.options.writeTimeoutMs,
      hidden: isOwn && number !== undefined ? { images: BeforeImages.of(client), transaction: number } : undefined,
    });
  }
}
