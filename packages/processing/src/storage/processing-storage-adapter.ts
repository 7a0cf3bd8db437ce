import type { ProcessingStorage } from "./processing-storage.ts";
import type { ProcessingTransaction } from "./processing-transaction.ts";

/** What an adapter can do. The conformance suite skips only what is declared `false` here, and says so. */
export interface ProcessingStorageCapabilities {
  /** What was acknowledged is still there when the process has ended and the storage is opened again. */
  readonly durable: boolean;
  /** Several adapters, in one process or many, may be open on the same storage at once. */
  readonly sharedStorage: boolean;
  /** The adapter has {@link ProcessingStorageAdapter.transaction}. */
  readonly transactions: boolean;
  /** The storage wakes listeners, those of other adapters too; otherwise nodes learn of changes by their beats. */
  readonly notifications: boolean;
}

/**
 * A running adapter: the processing storage of a database, opened by the adapter's own `open`, alone or with
 * `shareWith: eventAdapter` on the database of an event storage adapter.
 *
 * A transaction is an object that the adapter itself hands out or, if it shares, that the event adapter's `transaction` and
 * `using` hand out. Only the adapter looks into it.
 */
export interface ProcessingStorageAdapter<TTransaction extends object = object> {
  readonly capabilities: ProcessingStorageCapabilities;

  /**
   * Processing outside of every transaction: each call is committed by itself. If the database lets writers run in parallel, no
   * call waits for an open transaction, except for the moment in which that transaction takes its last step. A beat does not wait
   * even then.
   */
  readonly storage: ProcessingStorage;

  /**
   * How many transactions a node may have open at once, so that its beats and checkpoints, and what handlers do outside of
   * transactions, still find a connection: 1 or more. It is 1 if the database has one writer at a time.
   */
  readonly transactionsAtOnce: number;

  /** Whether the adapter is closed, and every further call fails. */
  readonly isClosed: boolean;

  /**
   * Calls the listener soon after a partition, a session or a lock may have become free, or a request was made to a partition,
   * by this adapter, another one or another process. It is a wake-up, not a promise: it may come late, or more often than
   * needed, and after a missed one the next beat finds out. Closing the adapter wakes listeners too; after the close listening
   * does nothing. A checkpoint wakes nobody.
   *
   * @returns a function that ends it; calling that again does nothing.
   */
  onChange(listener: () => void): () => void;

  /**
   * Runs work in one transaction: committed when the returned promise fulfils, rolled back when it rejects, with that
   * same error. Absent if {@link ProcessingStorageCapabilities.transactions} is `false`. An adapter that shares
   * delegates to the event adapter, and so passes a transaction in which events can be published too.
   *
   * Inside the callback, `transaction` of the adapter itself would wait for itself, so it rejects with `NestedPublishError`. So do
   * the calls on `storage` if they would wait for the transaction.
   *
   * @throws `LeaseLostError` (`LEASE_LOST`) when a step of {@link ProcessingTransaction.commitWith} could not be taken.
   */
  transaction?<T>(work: (transaction: TTransaction) => Promise<T>): Promise<T>;

  /**
   * Processing within an open transaction. No I/O.
   *
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) when the transaction is of another database, or of an
   * adapter that this one does not share with.
   */
  within(transaction: object): ProcessingTransaction;

  /**
   * Ends the adapter. It waits for operations in flight, is idempotent, and ends only what `open` opened: an adapter that
   * shares ends nothing of the event adapter. Once the event adapter is closed, calls fail with `AdapterClosedError` too. It ends
   * no session.
   */
  close(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void>;
}
