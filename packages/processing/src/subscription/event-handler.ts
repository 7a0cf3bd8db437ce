import type { CheckedEntries, EventCause, EventStore, GivenEntry } from "@eventfold/store";
import type { AnyEvents, NewEvent, StoredEvent } from "@eventfold/types";

/** What every handler is given in addition to its events. */
export interface HandlingContext {
  /**
   * Aborted when the partition is lost to another node, the broker's time to stop is over, or `handlerTimeoutMs` has passed. Another
   * node may repeat what is done after that.
   */
  readonly signal: AbortSignal;
  /** The number of the partition, from 0. */
  readonly partition: number;
  /** Rises with each change of owner of the partition: a system that stores it with each write can refuse writes with older ones. */
  readonly fencingToken: number;
}

/** Events for one stream, to publish when a handler has returned. */
export interface EventsToPublish<TEvents extends object = AnyEvents> {
  readonly category: string;
  readonly stream: string;
  /** At least one, in order. An event without an id is given one that is the same in every try. */
  readonly events: readonly NewEvent<TEvents>[];
}

/** Tells a reader of the compiler's message why there is no transaction. */
export interface RefusedTransaction<TReason extends string> {
  readonly refusedBecause: TReason;
}

/** What a handler can do in the database of its events. */
export interface HandlingEffects<TTransaction extends object> {
  /**
   * The transaction of this run of the handler, on the adapter given as `transactions` of the subscription. It begins when it is first
   * asked for, so that the handler holds no lock before that; further calls return the same one. It is committed together with the
   * checkpoint when the handler has returned. It is rolled back when the handler throws, `handlerTimeoutMs` is over, the partition is
   * lost, or the transaction is idle for half of `leaseMs`. So the effects in it are stored exactly once for each event.
   *
   * Write to projections first, then to tables of your own, and publish last. In the transaction, by `store.within(transaction)`,
   * publish only events that have a condition or whose outcome you need; use `publish` for the rest.
   *
   * When the subscription has no `transactions`, a call does not compile, and rejects with `TypeError`. It also rejects with
   * `TransactionEndedError` when the handler has returned, and with the errors of the adapter, such as `StorageBusyError`.
   */
  readonly transaction: [TTransaction] extends [never]
    ? RefusedTransaction<"the subscription has no `transactions`">
    : () => Promise<TTransaction>;
}

/** What a handler of single events is given in addition to the event. */
export interface EventContext<TTransaction extends object = never>
  extends HandlingContext,
    HandlingEffects<TTransaction> {
  /** 1 for the first try of this event by this owner of its partition. */
  readonly attempt: number;
  /**
   * An event id that is derived from this subscription, this event and a number, so it is the same in every try: an event that is
   * published with it is stored once, however often this event is handled.
   */
  readonly eventId: (n: number) => string;
  /**
   * Publishes events without conditions, all together, once the handler has returned; there is nothing to wait for. If they cannot be
   * stored, the handler has failed. Entries are literals or, checked against the table of their stream, what `EventStream.entry` makes;
   * those of a stream with definitions are validated once the handler has returned, so do not change their payloads.
   *
   * With `transactions` the store must be one on that adapter. Publishing is then the last step before the checkpoint in the
   * transaction, so that other writers wait as briefly as possible; a transaction is begun if the handler has not asked for one.
   *
   * Without `transactions` each published event is still stored once, however often the handled event is tried, as long as every try
   * publishes the same ones: their ids are made from the subscription, the handled event and their position among the published.
   *
   * The metadata of each says what it was caused by, as `causedBy(event)` does; members of its own win, also over those of the store.
   *
   * @throws `InvalidEventError`, `InvalidNameError`, `RangeError` or `TypeError` for events that cannot be published, and for
   * conditions; `TransactionEndedError` when the handler has returned.
   */
  readonly publish: <
    TPublished extends object = AnyEvents,
    TEntries extends readonly GivenEntry[] | [GivenEntry] = readonly EventsToPublish<TPublished>[],
  >(
    store: EventStore,
    entries: CheckedEntries<TEntries, EventsToPublish<NoInfer<TPublished>>>,
  ) => void;
}

/** What a handler of batches is given in addition to the events. */
export interface BatchContext<TTransaction extends object = never>
  extends HandlingContext,
    HandlingEffects<TTransaction> {
  /** 1 for the first try; above 1 the batch is a single event, which failed before. */
  readonly attempt: number;
  /** Like `EventContext.eventId`, for an event of the batch. */
  readonly eventId: (event: Pick<StoredEvent, "id">, n: number) => string;
  /** Like `EventContext.publish`, as a consequence of an event of the batch. */
  readonly publish: <
    TPublished extends object = AnyEvents,
    TEntries extends readonly GivenEntry[] | [GivenEntry] = readonly EventsToPublish<TPublished>[],
  >(
    event: EventCause,
    store: EventStore,
    entries: CheckedEntries<TEntries, EventsToPublish<NoInfer<TPublished>>>,
  ) => void;
}

/** What a handler that takes its events itself is given in addition to them. */
export interface ProcessContext<TEvents extends object> extends HandlingContext {
  /** Says that this event and all that were taken before it are done. */
  readonly acknowledge: (event: StoredEvent<TEvents>) => void;
  /** Saves how far it has come. Once this has fulfilled, events that were acknowledged are not handled again. */
  readonly commit: () => Promise<void>;
  /** Like `EventContext.eventId`. */
  readonly eventId: (event: Pick<StoredEvent, "id">, n: number) => string;
}

/**
 * Handles events one by one. The event is done when it returns, or its promise fulfils. Where one stored event is read as several, it is
 * called for each in turn, and they are done together: if it fails for one, it is called for all of them again.
 */
export interface SingleEventHandler<TEvents extends object, TTransaction extends object = never> {
  /** Handles an event; what it throws or rejects with is its failure. */
  handleEvent(event: StoredEvent<TEvents>, context: EventContext<TTransaction>): void | PromiseLike<void>;
  readonly handleBatch?: undefined;
  readonly process?: undefined;
  readonly beginFold?: undefined;
}

/** Handles up to `batchSize` events at once, in order. A batch that fails is run again event by event. */
export interface BatchHandler<TEvents extends object, TTransaction extends object = never> {
  /** Handles some events, in order; what it throws or rejects with is the failure of all of them. */
  handleBatch(events: readonly StoredEvent<TEvents>[], context: BatchContext<TTransaction>): void | PromiseLike<void>;
  readonly handleEvent?: undefined;
  readonly process?: undefined;
  readonly beginFold?: undefined;
}

/**
 * Takes its events itself, in order. Whether it returns or throws, it is started again after the last acknowledged event; the
 * events end when the partition is handed over.
 */
export interface StreamingHandler<TEvents extends object> {
  /** Takes events for as long as there are any. */
  process(events: AsyncIterable<StoredEvent<TEvents>>, context: ProcessContext<TEvents>): PromiseLike<void>;
  readonly handleEvent?: undefined;
  readonly handleBatch?: undefined;
  readonly beginFold?: undefined;
}

/** Exactly one of `handleEvent`, `handleBatch` and `process`. */
export type EventHandler<TEvents extends object, TTransaction extends object = never> =
  | SingleEventHandler<TEvents, TTransaction>
  | BatchHandler<TEvents, TTransaction>
  | StreamingHandler<TEvents>;

/** @throws `TypeError` unless exactly one of the three is given, and is a function. */
export function checkHandler(
  handler: {
    readonly [TShape in keyof EventHandler<never>]?: unknown;
  },
): void {
  const { handleEvent, handleBatch, process } = handler;
  const given = [handleEvent, handleBatch, process].filter((handler) => handler !== undefined);
  if (given.length === 1 && typeof given[0] === "function") return;
  throw new TypeError("A subscription must have exactly one of the functions handleEvent, handleBatch and process.");
}
