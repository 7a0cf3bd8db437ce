import type { QueryFunctions } from "@eventfold/query";
import type { ProjectionStorage } from "./projection-storage.ts";

/** What an adapter can do. The conformance suite skips only what is declared `false` here, and says so. */
export interface ProjectionStorageCapabilities {
  /** What was acknowledged is still there when the process has ended and the storage is opened again. */
  readonly durable: boolean;
  /** Several adapters, in one process or many, may be open on the same storage at once. */
  readonly sharedStorage: boolean;
  /** The adapter has {@link ProjectionStorageAdapter.transaction}. */
  readonly transactions: boolean;
}

/**
 * A running adapter: the projection storage of a database, opened by the adapter's own `open`, alone or with
 * `shareWith: eventAdapter` on the database of an event storage adapter.
 *
 * A transaction is an object that the adapter itself hands out, or, when it shares, that the event adapter's
 * `transaction` and `using` hand out. Only the adapter looks into it.
 */
export interface ProjectionStorageAdapter<TTransaction extends object = object> {
  readonly capabilities: ProjectionStorageCapabilities;

  /** The functions that queries may call: those of the library, and the user's own that it was opened with. */
  readonly functions: QueryFunctions;

  /** Projections outside of every transaction. Its reads see what is committed, and each write is committed by itself. */
  readonly storage: ProjectionStorage;

  /** Whether the adapter is closed, and every further call fails. */
  readonly isClosed: boolean;

  /**
   * Runs work in one transaction: committed when the returned promise fulfils, rolled back when it rejects, with that
   * same error. Absent where {@link ProjectionStorageCapabilities.transactions} is `false`. An adapter that shares
   * delegates to the event adapter, and so passes a transaction in which events can be published too.
   *
   * Inside the callback, `transaction` and writes on `storage` of the adapter itself would wait for themselves; they reject
   * with `NestedPublishError`. Reads on the adapter's `storage` see only what is committed.
   */
  transaction?<T>(work: (transaction: TTransaction) => Promise<T>): Promise<T>;

  /**
   * The projections within an open transaction. Reads through it see what the transaction has written; writes take place
   * when it commits, or never. Once it has ended, every call rejects with `TransactionEndedError`. No I/O.
   *
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) when the transaction belongs to another database,
   * or to an adapter that this one does not share with.
   */
  within(transaction: object): ProjectionStorage;

  /**
   * Ends the adapter. It waits for operations in flight, is idempotent, and ends only what `open` opened: an adapter
   * that shares leaves the event adapter open, and its calls also fail with `AdapterClosedError` once that one is
   * closed.
   */
  close(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void>;
}
