import {
  type ProjectionStorage,
  type ProjectionStorageAdapter,
  type ProjectionStorageCapabilities,
  SearchTimedOutError,
} from "@eventfold/projections";
import type { QueryFunctions } from "@eventfold/query";
import { AdapterLife, type MigrationStatus, memberNames, withKnownMembers } from "@eventfold/store/adapter";
import type { ClientBase } from "pg";
import type { Statement } from "../connection/statement.ts";
import { sqlstateOf } from "../errors/sqlstate.ts";
import type { TransactionSession } from "../transaction/transaction-session.ts";
import type { PostgresProjectionStorageOptions } from "./open-projection-options.ts";
import {
  listMigrations,
  type OpenProjections,
  openProjections,
  type ProjectionTransaction,
} from "./open-projections.ts";
import { PostgresProjectionStorage } from "./postgres-projection-storage.ts";

const CAPABILITIES: ProjectionStorageCapabilities = Object.freeze({
  durable: true,
  sharedStorage: true,
  transactions: true,
});

const OPTIONS = memberNames<PostgresProjectionStorageOptions>({
  connectionString: true,
  pool: true,
  maxConnections: true,
  statementTimeoutMs: true,
  shareWith: true,
  schema: true,
  projectionsTable: true,
  indexes: true,
  functions: true,
  searchTimeoutMs: true,
  migrations: true,
  writeTimeoutMs: true,
  preparedStatements: true,
  connectTimeoutMs: true,
  transactionIdleTimeoutMs: true,
  logger: true,
});

/**
 * Projections in PostgreSQL 14 or newer, alone or on the connections of an event adapter, so that events and
 * projections are written in one transaction. Any number of processes may open the same projections.
 *
 * A save of any number of projections is one round trip. So is a search, except that a page with sort keys of 100
 * characters and more is fetched twice. Without an index on its path a search looks at all projections of its name.
 *
 * @example
 * ```ts
 * const events = await PostgresEventStorageAdapter.open({ connectionString: "postgres://localhost/app" });
 * const projections = await PostgresProjectionStorageAdapter.open({
 *   shareWith: events,
 *   indexes: [{ projection: "account", path: "state.owner.city" }],
 * });
 * const projectionStore = new ProjectionStore({ adapter: projections });
 * ```
 */
export class PostgresProjectionStorageAdapter implements ProjectionStorageAdapter<ProjectionTransaction> {
  readonly capabilities: ProjectionStorageCapabilities = CAPABILITIES;
  readonly functions: QueryFunctions;
  readonly storage: ProjectionStorage;
  readonly #opened: OpenProjections;
  readonly #within = new WeakMap<object, ProjectionStorage>();
  readonly #life: AdapterLife;

  private constructor(opened: OpenProjections) {
    const { connections, shareWith, searchTimeoutMs } = opened;
    const { life: beneath } = connections;
    const life = shareWith === undefined ? beneath : new AdapterLife({ beneath });
    this.#opened = opened;
    this.functions = opened.functions;
    this.#life = life;
    const read = async (statement: Statement, timeoutMs?: number) => {
      life.throwIfEnded();
      return life.track(connections.read(statement, timeoutMs));
    };
    this.storage = this.#storageOn({
      lifetime: life,
      read,
      search: (statement) => runSearch(read(statement, searchTimeoutMs), searchTimeoutMs),
      write: async (statement) => {
        life.throwIfMayNotWrite();
        return life.track(repeatWrite(() => connections.run(statement)));
      },
    });
  }

  /**
   * Opens projections, creating their tables or applying pending migrations unless `migrations` is `"check"`.
   *
   * @throws `TypeError` or `RangeError` for options that make no sense, before anything is connected; `TypeError` for a
   * function whose SQL the server cannot parse, with its name and what the server says.
   * @throws `InvalidQueryError` (`INVALID_QUERY`) for an index on what is not a path.
   * @throws `StorageUnavailableError` (`STORAGE_UNAVAILABLE`) when the server cannot be reached.
   * @throws `StorageAccessDeniedError` (`STORAGE_ACCESS_DENIED`) for wrong credentials and missing rights.
   * @throws `NotADatabaseError` (`NOT_A_DATABASE`) for a database that does not exist or is not in UTF-8.
   * @throws `SchemaTooOldError` (`SCHEMA_TOO_OLD`) when migrations are pending and only checked.
   * @throws `SchemaTooNewError` (`SCHEMA_TOO_NEW`) when a newer version of this package has migrated the tables in a
   * way that older ones may not go on with.
   * @throws `MigrationEditedError` (`MIGRATION_EDITED`) when a migration was applied with a different text.
   */
  static async open(options: PostgresProjectionStorageOptions): Promise<PostgresProjectionStorageAdapter> {
    withKnownMembers("The options of PostgresProjectionStorageAdapter.open", options, OPTIONS);
    return new PostgresProjectionStorageAdapter(await openProjections(options));
  }

  get isClosed(): boolean {
    return this.#life.isEnded;
  }

  /**
   * All migrations of the projections, and when each was applied: also those of newer versions of this package, if they
   * say that older versions may go on (`compatible`).
   */
  async migrations(): Promise<readonly MigrationStatus[]> {
    this.#life.throwIfEnded();
    return this.#life.track(listMigrations(this.#opened));
  }

  /**
   * Runs work in one transaction at READ COMMITTED, of the event adapter if it shares with one: all of it is committed
   * when the returned promise fulfils, and rolled back when it rejects, with that same error.
   *
   * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of another transaction of this adapter.
   * @throws `StorageUnavailableError` (`STORAGE_UNAVAILABLE`) when the connection is lost; whether it was committed is
   * then unknown.
   *
   * @example
   * ```ts
   * await adapter.transaction(async (tx) => {
   *   await projectionStore.within(tx).save(projection);
   *   await store.within(tx).stream({ category: "orders", stream: orderId }).publish({ events });
   * });
   * ```
   */
  async transaction<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    const { shareWith, transactions } = this.#opened;
    this.#life.throwIfEnded();
    return this.#life.track(shareWith?.transaction(work) ?? transactions.run(handedOut, work));
  }

  /**
   * Joins a transaction that the caller has opened on its own client. The caller commits or rolls back. If it shares
   * with an event adapter, that adapter's `using` gives the same.
   *
   * @throws `AdapterClosedError` (`ADAPTER_CLOSED`) after `close`.
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) when the client has no open transaction, or a
   * failed one.
   *
   * @example
   * ```ts
   * await client.query("begin");
   * await projectionStore.within(adapter.using(client)).save(projection);
   * await client.query("commit");
   * ```
   */
  using(client: ClientBase): ProjectionTransaction {
    const { shareWith, transactions } = this.#opened;
    this.#life.throwIfEnded();
    return shareWith?.using(client) ?? transactions.join(client, handedOut);
  }

  within(transaction: object): ProjectionStorage {
    const known = this.#within.get(transaction);
    if (known !== undefined) return known;
    const session = this.#opened.transactions.sessionOf(transaction);
    const storage = this.#storageWithin(session);
    this.#within.set(transaction, storage);
    return storage;
  }

  /**
   * Ends the adapter once the operations in flight have ended, and its connections if it opened them itself. A second
   * call waits for the same close.
   *
   * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of a transaction, for which it would wait.
   */
  async close(): Promise<void> {
    const { connections, shareWith } = this.#opened;
    return this.#life.close({ end: () => (shareWith === undefined ? connections.end() : undefined) });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #storageWithin(session: TransactionSession): ProjectionStorage {
    const run = (statement: Statement) => session.run(statement);
    return this.#storageOn({ lifetime: session, read: run, search: run, write: run });
  }

  #storageOn(access: ConstructorParameters<typeof PostgresProjectionStorage>[0]): ProjectionStorage {
    const { names, functions, writeTimeoutMs } = this.#opened;
    return new PostgresProjectionStorage(access, { names, functions, lockTimeoutMs: Math.trunc(writeTimeoutMs) });
  }
}

function handedOut({ client }: TransactionSession): ProjectionTransaction {
  return Object.freeze({ client });
}

const QUERY_CANCELED = "57014";

/** Runs a search. If there is a limit, a search that the server cancels took too long. */
async function runSearch<T>(rows: Promise<T>, timeoutMs: number | undefined): Promise<T> {
  try {
    return await rows;
  } catch (error) {
    if (timeoutMs === undefined || sqlstateOf(error) !== QUERY_CANCELED) throw error;
    throw new SearchTimedOutError({ timeoutMs, cause: error });
  }
}

const MAX_WRITE_TRIES = 10;

// Statements that failed with these have written nothing.
const AGAIN = new Set([
  "40001", // serialization_failure, where the role's default isolation level is stricter than READ COMMITTED
  "40P01", // deadlock_detected
]);

/** Runs a statement again as long as others are in its way, and once if the server has become a standby. */
async function repeatWrite<T>(write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      const sqlstate = sqlstateOf(error) ?? "";
      const mayHelp = AGAIN.has(sqlstate) || (sqlstate === "25006" && tries === 1);
      if (tries === MAX_WRITE_TRIES || !mayHelp) throw error;
    }
  }
}
