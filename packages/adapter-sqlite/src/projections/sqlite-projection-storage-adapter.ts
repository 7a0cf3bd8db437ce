import type {
  ProjectionStorage,
  ProjectionStorageAdapter,
  ProjectionStorageCapabilities,
} from "@eventfold/projections";
import { type QueryFunctions, queryFunctions } from "@eventfold/query";
import type { MigrationStatus } from "@eventfold/store";
import { AdapterClosedError, UnsuitableTransactionError } from "@eventfold/types";
import { isInMemory } from "../connection/open-connection.ts";
import { type SharedConnection, sharedConnectionOf } from "../connection/shared-connection.ts";
import type { StateIndexes } from "../query/projection-queries.ts";
import type { SqliteEventStorageAdapter } from "../sqlite-event-storage-adapter.ts";
import { BeforeImages } from "./before-images.ts";
import { OutsideAccess } from "./outside-access.ts";
import { OwnConnection, type SqliteProjectionTransaction } from "./own-connection.ts";
import { prepareSchema, projectionMigrationsOf } from "./prepare-schema.ts";
import { checkedIndex } from "./projection-index.ts";
import { ProjectionReader } from "./projection-reader.ts";
import { SqliteProjectionStorage } from "./sqlite-projection-storage.ts";
import type { SqliteProjectionStorageOptions } from "./sqlite-projection-storage-options.ts";
import { TransactionAccess } from "./transaction-access.ts";

/** What `open` has found out and hands to the constructor. */
interface OpenedStorage {
  readonly functions: QueryFunctions;
  readonly connection: SharedConnection;
  readonly indexes: StateIndexes;
  /** Where transactions come from. */
  readonly transactions: OwnConnection | SqliteEventStorageAdapter;
  readonly own: OwnConnection | undefined;
}

/**
 * Projections in an SQLite database, alone or on the connection of an event adapter.
 *
 * A search runs in the thread that calls it: one that no index serves keeps the event loop for as long as it takes.
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
  readonly #outside: OutsideAccess;
  readonly #reader: ProjectionReader;
  /** The projections within each transaction, made when they are first asked for. */
  readonly #within = new WeakMap<object, ProjectionStorage>();
  #isClosed = false;

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
    const declared = (options.indexes ?? []).map(checkedIndex);
    const functions = queryFunctions(...(options.functions ?? []));
    if (options.shareWith !== undefined) {
      const connection = checkedConnection(options);
      const indexes = await prepareSchema(connection, declared);
      return new SqliteProjectionStorageAdapter({
        functions,
        connection,
        indexes,
        transactions: options.shareWith,
        own: undefined,
      });
    }
    const own = await OwnConnection.open(options);
    try {
      const indexes = await prepareSchema(own, declared);
      return new SqliteProjectionStorageAdapter({ functions, connection: own, indexes, transactions: own, own });
    } catch (error) {
      await own.close();
      throw error;
    }
  }

  private constructor(opened: OpenedStorage) {
    const { connection, functions, indexes } = opened;
    this.functions = functions;
    const isFile = !isInMemory(connection.options.filename);
    this.capabilities = Object.freeze({ durable: isFile, sharedStorage: isFile, transactions: true });
    this.#opened = opened;
    this.#reader = new ProjectionReader(connection.client, indexes);
    const closedBy = () => this.#closedBy();
    this.#outside = new OutsideAccess({ connection, reader: this.#reader, closedBy });
    this.storage = new SqliteProjectionStorage(this.#outside);
  }

  get isClosed(): boolean {
    return this.#closedBy() !== undefined;
  }

  /**
   * All migrations of the projections, and when the database had each: also those of newer versions of this package, each of
   * which then says that older ones may go on (`compatible`).
   */
  migrations(): Promise<readonly MigrationStatus[]> {
    return this.#outside.read(() => projectionMigrationsOf(this.#opened.connection));
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
    const closedBy = this.#closedBy();
    if (closedBy !== undefined) throw closedBy;
    return this.#opened.transactions.transaction(work);
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
    const { connection, own } = this.#opened;
    const refusal = connection.refusal();
    if (refusal !== undefined && connection.closedBy() === undefined) throw refusal;
    this.#isClosed = true;
    await this.#outside.idle();
    await own?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accessWithin(transaction: object): TransactionAccess {
    const { connection, indexes } = this.#opened;
    if (connection.hasEnded(transaction) === undefined) {
      throw new UnsuitableTransactionError(
        "The transaction is of another adapter. Open this one with `shareWith` to use the event adapter's transactions.",
      );
    }
    const { client } = transaction as SqliteProjectionTransaction;
    const isOwn = client === connection.client;
    const covering = connection.covering();
    return new TransactionAccess({
      client,
      reader: isOwn ? this.#reader : new ProjectionReader(client, indexes),
      hasEnded: () => connection.hasEnded(transaction) !== false,
      timeoutMs: connection.options.writeTimeoutMs,
      hidden: isOwn && covering !== undefined ? { images: BeforeImages.of(client), transaction: covering } : undefined,
    });
  }

  #closedBy(): Error | undefined {
    return this.#isClosed ? new AdapterClosedError() : this.#opened.connection.closedBy();
  }
}

function checkedConnection({ shareWith }: { readonly shareWith: SqliteEventStorageAdapter }): SharedConnection {
  const connection = sharedConnectionOf(shareWith);
  if (connection === undefined) throw new TypeError("shareWith is a SqliteEventStorageAdapter.");
  const refusal = connection.refusal();
  if (refusal !== undefined) throw refusal;
  return connection;
}
