import type { SourceIdentifier } from "@eventfold/types";
import type { EventStorage } from "./event-storage.ts";
import type { OrderingGuarantee } from "./ordering-guarantee.ts";
import type { RestoreBatch } from "./restore-batch.ts";
import type { StorageInspection } from "./storage-inspection.ts";

/** What an adapter can do. The conformance suite skips only what is declared `false` here, and says so. */
export interface StorageCapabilities {
  /** What was acknowledged is still there when the process has ended and the storage is opened again. */
  readonly durable: boolean;
  /** Several adapters, in one process or many, may be open on the same storage at once. */
  readonly sharedStorage: boolean;
  /** The adapter has {@link EventStorageAdapter.transaction}. */
  readonly transactions: boolean;
  /** Followers are woken by the storage; otherwise the adapter polls. */
  readonly notifications: boolean;
  /**
   * Reads see everything that was acknowledged before they began. Without it they see a beginning of the log, as a copy that follows
   * it has: never an event without all that come before, but perhaps not yet the newest. Default: `true`.
   */
  readonly freshReads?: boolean | undefined;
}

/** A transaction that is open: what is done through it takes place when it commits, or never. */
export interface Transaction {
  /** Events within the transaction. Its reads see what the transaction has written. */
  readonly storage: EventStorage;

  /**
   * Makes sure that the transaction can only be rolled back: its `transaction` call rejects with this error, even if
   * the callback goes on and fulfils. The first error counts. Absent where the adapter cannot prevent a commit, as in
   * the caller's own transaction.
   */
  rollbackWith?(error: unknown): void;
}

/** How a transaction is run. */
export interface TransactionOptions {
  /**
   * How many milliseconds the transaction may be idle before it is rolled back and rejects, so that a caller that has stopped
   * working holds up nobody; from 1 to 2,147,483,647. Where statements run synchronously, all the time that the transaction is
   * open counts as idle. Default: as the adapter was opened, or never.
   */
  readonly idleTimeoutMs?: number | undefined;
}

/** How far a reader has come in a source. */
export interface SourcePlace {
  readonly source: SourceIdentifier;
  /** The last sequence number that the reader has dealt with; 0: none. */
  readonly after: number;
}

/** What there is of a source after a place. */
export interface SourceNews {
  /** A follower's scan from there on (`isFollowing`) would show an event now. */
  readonly isReadable: boolean;
  /**
   * An event is stored that such a scan does not show yet, because it lies above the {@link EventStorage.horizon}: a writer
   * in flight may still store an earlier one. That writer may roll back and wake nobody, so the caller asks again soon.
   * Always `false` where one writer at a time stores.
   */
  readonly isHeldBack: boolean;
}

/** A running adapter: the event storage of a database, opened by the adapter's own `open`. */
export interface EventStorageAdapter<TTransaction extends Transaction = Transaction> {
  /** What the log was created with. */
  readonly orderingGuarantee: OrderingGuarantee;

  readonly capabilities: StorageCapabilities;

  /** Events outside every transaction. Its reads see what is committed, and each `save` is committed by itself. */
  readonly storage: EventStorage;

  /** Whether the adapter is closed, and every further call fails. */
  readonly isClosed: boolean;

  /** How people look at the storage while it is in use. Absent where nothing can be said of it. */
  readonly inspection?: StorageInspection | undefined;

  /**
   * Calls the listener soon after events may have been stored, by this adapter, another one or another process. It is a
   * wake-up, not a promise: it may come late, more often than needed, or once for many publishes. It never comes before
   * the events can be read, and if one is missed, a later one follows within seconds. Closing the adapter wakes too, so
   * that followers find out; after the close listening does nothing.
   *
   * @returns a function that ends it; calling that again does nothing.
   */
  onChange(listener: () => void): () => void;

  /**
   * What there is after each of these places, answered in their order. All followers of a process ask it in one call
   * after a wake-up and then read only where there is something, so its cost should hardly grow with the number of
   * places: one round trip, one descent of an index per place. It never waits for writers. If events are stored
   * meanwhile, the answer is out of date, and another wake-up follows.
   */
  newsOf(places: readonly SourcePlace[]): Promise<readonly SourceNews[]>;

  /**
   * Runs work in one transaction: committed when the returned promise fulfils, rolled back when it rejects, with that
   * same error. Absent where {@link StorageCapabilities.transactions} is `false`.
   *
   * Inside the callback, `transaction` and `storage.save` of the adapter itself would wait for themselves; they reject with
   * `NestedPublishError`. Reads on the adapter's `storage` see only what is committed.
   *
   * @throws a retryable storage error when it was idle for too long, see {@link TransactionOptions.idleTimeoutMs}.
   */
  transaction?<T>(work: (transaction: TTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>;

  /**
   * Stores events of another log as they are, with their ids, sequence numbers, positions and times: all of the batch, or none,
   * in one transaction that no other writer of the log overlaps. It waits its turn as {@link EventStorage.save} does. Afterwards
   * publishes go on with the next numbers and positions, and followers are woken.
   *
   * A crash leaves whole batches. Whoever has to go on after one reads which event is the newest, and goes on behind it. So
   * does whoever gets no reply: a batch is not repeated by the adapter.
   *
   * The caller has checked each event by `checkedEventText`. An adapter stores, and judges only how the batch fits the log.
   *
   * Optional: an adapter that has it passes the tests of rule 29.
   *
   * @throws `LogChangedError` (`LOG_CHANGED`) when another event is the newest: it says which.
   * @throws `UnrestorableEventError` (`UNRESTORABLE_EVENT`) for an event whose number is not above the one before or was given
   * already, or whose position is not the next one of its stream.
   * @throws `DuplicateEventIdError` (`DUPLICATE_EVENT_ID`) for ids that are stored already, or twice in the batch.
   * @throws `RangeError` for a batch above its limits, and for an `upTo` that is not a sequence number.
   * @throws `StorageAccessDeniedError` (`STORAGE_ACCESS_DENIED`) without the rights of the log's owner, where there are such.
   * @throws as {@link EventStorage.save} does. Nothing is stored then, unless it is a `StorageUnavailableError`.
   *
   * @example
   * ```ts
   * await target.restore({ newest: undefined, events: [first, second] });
   * await target.restore({ newest: second, events: [third], upTo: await source.horizon({ kind: "log" }) });
   * ```
   */
  restore?(batch: RestoreBatch): Promise<void>;

  /**
   * Ends the adapter. It waits for operations in flight, not for paused iterators, whose next step rejects; it is
   * idempotent, and ends only what `open` opened. Every later call rejects with `AdapterClosedError`.
   */
  close(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void>;
}
