import type { EventStore } from "@eventfold/store";
import type { AnyEvents, NewEvent, StoredEvent } from "@eventfold/types";

/** What every handler is given besides its events. */
export interface HandlingContext {
  /**
   * Aborted when the partition is lost to another node, the broker's time to stop is over, or `handlerTimeoutMs` has passed. What
   * is done after that may be done by another node too.
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
  /** At least one, in order. One without an id is given one that is the same at every try. */
  readonly events: readonly NewEvent<TEvents>[];
}

/** What a handler can do in the database of its events. */
export interface HandlingEffects<TTransaction extends object> {
  /**
   * The transaction of this call, of the adapter that the subscription has as its `transactions`. It begins at the first call, so that
   * what comes before holds no lock; further calls give the same one. It is committed together with the checkpoint when the handler
   * has returned, and rolled back when it throws, `handlerTimeoutMs` is over, the partition is lost, or half of `leaseMs` has passed
   * without anything being done in it. So what is done in it is done exactly once for each event.
   *
   * Write to projections first, then to tables of your own, and publish last. Publish in it only what has a condition or whose outcome
   * you need, by `store.within(transaction)`; for the rest there is `publish`.
   *
   * It rejects with `TypeError` where the subscription has no `transactions`, with `TransactionEndedError` when the handler has
   * returned, and with what the adapter rejects with, such as `StorageBusyError`.
   */
  readonly transaction: () => Promise<TTransaction>;
}

/** What a handler of single events is given besides the event. */
export interface EventContext<TTransaction extends object = never>
  extends HandlingContext,
    HandlingEffects<TTransaction> {
  /** 1 for the first try of this event by this owner of its partition. */
  readonly attempt: number;
  /**
   * An event id that is derived from this subscription, this event and a number, so it is the same at every try: an event that is
   * published with it is stored once, however often this event is handled.
   */
  readonly eventId: (n: number) => string;
  /**
   * Publishes events when the handler has returned, without conditions, all of this call in one go; there is nothing to wait for. With
   * `transactions` it is the last thing before the checkpoint in the transaction, which begins for it if it has not, so that others
   * wait for it as shortly as possible. Otherwise each event is stored once all the same, however often the event is handled, as long
   * as the handler publishes the same ones again: their ids are made of the subscription, the event and their place among what was
   * published. When they cannot be stored, the handler has failed.
   *
   * With `transactions` the store has to be one on that adapter.
   *
   * @throws `InvalidEventError`, `InvalidNameError`, `RangeError` or `TypeError` for what cannot be published, a condition too;
   * `TransactionEndedError` when the handler has returned.
   */
  readonly publish: <TPublished extends object = AnyEvents>(
    store: EventStore,
    entries: readonly EventsToPublish<TPublished>[],
  ) => void;
}

/** What a handler of batches is given besides the events. */
export interface BatchContext<TTransaction extends object = never>
  extends HandlingContext,
    HandlingEffects<TTransaction> {
  /** 1 for the first try; above 1 the batch is a single event, which failed before. */
  readonly attempt: number;
  /** Like `EventContext.eventId`, for an event of the batch. */
  readonly eventId: (event: Pick<StoredEvent, "id">, n: number) => string;
  /** As `EventContext.publish`, in consequence of an event of the batch. */
  readonly publish: <TPublished extends object = AnyEvents>(
    event: Pick<StoredEvent, "id">,
    store: EventStore,
    entries: readonly EventsToPublish<TPublished>[],
  ) => void;
}

/** What a handler that takes its events by itself is given besides them. */
export interface ProcessContext<TEvents extends object> extends HandlingContext {
  /** Says that this event and all that were taken before it are done. */
  readonly acknowledge: (event: StoredEvent<TEvents>) => void;
  /** Saves how far it has come. Once this has fulfilled, events that were acknowledged are not handled again. */
  readonly commit: () => Promise<void>;
  /** Like `EventContext.eventId`. */
  readonly eventId: (event: Pick<StoredEvent, "id">, n: number) => string;
}

/** Handles events one by one. The event is done when it returns, or its promise fulfils. */
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
 * Takes its events by itself, in order. Whether it returns or throws, it is started again after the last acknowledged event; the
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
