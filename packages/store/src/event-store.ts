import {
  type AnyEvents,
  type CategoryIdentifier,
  type Clock,
  categoryIdentifier,
  type EventName,
  guardedLogger,
  type JsonObject,
  type Logger,
  type StoredEvent,
  streamIdentifier,
  systemClock,
} from "@eventfold/types";
import type { BoundEventStore, StreamNames } from "./bound-event-store.ts";
import { type EventBoundary, readBoundary } from "./boundary.ts";
import { eventById } from "./event-by-id.ts";
import { EventCategory } from "./event-category.ts";
import { isEventId, newEventId } from "./event-id.ts";
import { EventLog } from "./event-log.ts";
import type { EventQuery } from "./event-query.ts";
import { EventStream } from "./event-stream.ts";
import type { ReadTable, UnknownEventPolicy } from "./event-translation.ts";
import type { PublishOptions } from "./fail-if.ts";
import { type InlineHook, inlineHooks } from "./inline-hook.ts";
import { memberNames, withKnownMembers } from "./known-members.ts";
import { checkedListingOptions, type ListingOptions, listed } from "./listing.ts";
import type { CheckedEntries, GivenEntry, LogPublishEntry, PublishedOf } from "./publish-entry.ts";
import { publishToStreams } from "./publishing.ts";
import {
  type DefinedSourceOptions,
  type SourceOptions,
  sourceTranslation,
  type WithPlainTable,
} from "./source-translation.ts";
import type { EventStorageAdapter, Transaction } from "./storage/event-storage-adapter.ts";
import type { StoreContext } from "./store-context.ts";

/** How an event store is made. */
export interface EventStoreOptions {
  /** Where events are stored: an opened adapter. The store never closes it. */
  readonly adapter: EventStorageAdapter;
  /** An open transaction of the adapter to publish and read in, see {@link EventStore.within}. Default: none. */
  readonly transaction?: Transaction | undefined;
  /** Where the library reports what no result tells. Default: nowhere. */
  readonly logger?: Logger | undefined;
  /** Where `observedAt` comes from. Default: the clock of the machine. */
  readonly clock?: Clock | undefined;
  /** Makes event ids: canonical lower-case UUIDs. Default: UUIDv7. */
  readonly newId?: (() => string) | undefined;
  /** Metadata for every event, or what makes it, once per publish. An event's own members win. Default: none. */
  readonly metadata?: JsonObject | (() => JsonObject | undefined) | undefined;
  /**
   * What runs inside the transaction of every publish, one after the other in this order: inline projections and other
   * hooks. Each publish is then a transaction of its own, not committed together with others. Default: nothing.
   */
  readonly inline?: readonly InlineHook[] | undefined;
}

const STORE_OPTIONS = memberNames<EventStoreOptions>({
  adapter: true,
  transaction: true,
  logger: true,
  clock: true,
  newId: true,
  metadata: true,
  inline: true,
});

/**
 * Publishes events to streams, and reads them from streams, categories and the log.
 *
 * @example
 * ```ts
 * const adapter = await SqliteEventStorageAdapter.open({ filename: "app.db" });
 * const store = new EventStore({ adapter });
 * const stream = store.stream({ category: "users", stream: "user-123" });
 * await stream.publish({ events: [{ name: "user-registered", payload: { email: "user@example.com" } }] });
 * for await (const event of stream.scan()) console.log(event.name, event.payload);
 * await adapter.close();
 * ```
 */
export class EventStore implements BoundEventStore {
  readonly #options: EventStoreOptions;
  readonly #context: StoreContext;

  /**
   * @throws `TypeError` for an option that there is not, and when there are inline hooks, and the adapter has no transactions, promises less order than a
   * hook needs, or is not the one that a hook was made for.
   */
  constructor(options: EventStoreOptions) {
    const given = withKnownMembers("The options of an event store", options, STORE_OPTIONS);
    const { adapter, transaction, metadata, inline = [] } = given;
    if (typeof adapter?.storage?.save !== "function" || typeof adapter.onChange !== "function") {
      throw new TypeError("A store needs an opened adapter: `await SomeEventStorageAdapter.open(…)`.");
    }
    const { storage } = transaction ?? adapter;
    const storeWithin = (own: Transaction) => new EventStore({ ...options, transaction: own, inline: undefined });
    this.#options = options;
    this.#context = {
      adapter,
      storage,
      isBound: transaction !== undefined,
      clock: options.clock ?? systemClock,
      logger: guardedLogger(options.logger),
      newId: options.newId === undefined ? newEventId : checkedIds(options.newId),
      metadata: typeof metadata === "function" ? metadata : () => metadata,
      inline: inline.length === 0 ? undefined : inlineHooks(inline, { adapter, transaction, storeWithin }),
    };
  }

  /** The adapter that the store was made on. */
  get adapter(): EventStorageAdapter {
    return this.#context.adapter;
  }

  /**
   * A stream, typed by the definitions of its events, or by a table of name → payload that is given as type argument.
   *
   * @throws `InvalidNameError` (`INVALID_NAME`) when a name breaks the rules; `TypeError` for what are no definitions.
   */
  stream<TEvents extends object, TUnknown extends UnknownEventPolicy = "fail">(
    names: StreamNames,
    options: DefinedSourceOptions<TEvents, TUnknown>,
  ): EventStream<ReadTable<TEvents, TUnknown>>;
  stream<TEvents extends object = AnyEvents, TUnknown extends UnknownEventPolicy = "fail">(
    names: WithPlainTable<TEvents, StreamNames>,
    options?: SourceOptions<TEvents, TUnknown>,
  ): EventStream<ReadTable<TEvents, TUnknown>>;
  stream(names: StreamNames, options?: SourceOptions): EventStream {
    return new EventStream(this.#context, streamIdentifier(names), sourceTranslation(options));
  }

  /**
   * A category, typed by the definitions of its events, or by a table of name → payload that is given as type argument.
   * Its streams have the same definitions.
   *
   * @throws `InvalidNameError` (`INVALID_NAME`) when the name breaks the rules; `TypeError` for what are no definitions.
   *
   * @example
   * ```ts
   * const accounts = store.category("accounts", { events: accountEvents });
   * ```
   */
  category<TEvents extends object, TUnknown extends UnknownEventPolicy = "fail">(
    category: string,
    options: DefinedSourceOptions<TEvents, TUnknown>,
  ): EventCategory<ReadTable<TEvents, TUnknown>>;
  category<TEvents extends object = AnyEvents, TUnknown extends UnknownEventPolicy = "fail">(
    category: WithPlainTable<TEvents, string>,
    options?: SourceOptions<TEvents, TUnknown>,
  ): EventCategory<ReadTable<TEvents, TUnknown>>;
  category(category: string, options?: SourceOptions): EventCategory {
    return new EventCategory(this.#context, categoryIdentifier(category), sourceTranslation(options));
  }

  /**
   * The log, typed by definitions of events, or by a table of name → payload that is given as type argument.
   *
   * @throws `TypeError` for what are no definitions.
   */
  log<TEvents extends object, TUnknown extends UnknownEventPolicy = "fail">(
    options: DefinedSourceOptions<TEvents, TUnknown>,
  ): EventLog<ReadTable<TEvents, TUnknown>>;
  log<TEvents extends object = AnyEvents, TUnknown extends UnknownEventPolicy = "fail">(
    this: WithPlainTable<TEvents, object>,
    options?: SourceOptions<TEvents, TUnknown>,
  ): EventLog<ReadTable<TEvents, TUnknown>>;
  log(options?: SourceOptions): EventLog {
    return new EventLog(this.#context, sourceTranslation(options));
  }

  /**
   * Stores events to several streams of any categories, all or none. An entry with a condition and no events only
   * checks. If any condition is unmet nothing is written anywhere, and the error names the first and lists all. If all hold, but
   * an event matches `failIf`, nothing is written either.
   *
   * The compiler checks the events of entries that `EventStream.entry` makes, each against the table of its stream, and what is
   * returned is typed per entry. Next to one of those, a plain literal with events does not compile: nothing tells the compiler
   * what events its category has. Where all entries are literals, they are checked against `TEvents`, if it is given.
   *
   * @returns the stored events per entry, in entry order; sequence numbers rise in that order.
   * @throws `RangeError` when there is no entry, one has neither events nor a condition, or a stream appears twice;
   * else as `EventStream.publish`.
   *
   * @example
   * ```ts
   * const [placed] = await store.publish([
   *   orders.stream("o-1").entry({ events: [{ name: "order-placed", payload: { total: 30 } }] }),
   *   accounts.stream("a-1").entry({ events: [{ name: "money-reserved", payload: { amount: 30 } }], condition: positionIs(4) }),
   *   { category: "customers", stream: "c-1", condition: streamExists() },
   * ]);
   * ```
   */
  async publish<
    TEvents extends object = AnyEvents,
    TEntries extends readonly GivenEntry[] | [GivenEntry] = readonly LogPublishEntry<TEvents>[],
  >(
    entries: WithPlainTable<TEvents, CheckedEntries<TEntries>>,
    options?: PublishOptions,
  ): Promise<PublishedOf<TEntries>> {
    return publishToStreams<TEntries>(this.#context, entries as readonly GivenEntry[], options);
  }

  /**
   * Reads the boundary of a query: all events of the log that match it, and what a publish is to fail on if another one has been
   * published since. So a decision may depend on any events, whatever their streams: of several publishes that were decided on the
   * same boundary and change it, one is stored.
   *
   * It sees every event published before the call. Where the ordering guarantee is narrower than the log it waits for the writers in
   * flight, as a scan of the log does. All events are in memory at once, and finding them costs as much as there are: query by tags
   * that few events have. The events of categories that begin with `$` belong to no boundary.
   *
   * In a store within a transaction it sees what the transaction has written. It then does not wait for other writers, so while they
   * are in flight it may end before the newest events; `changed` holds for the events that it gives. If the transaction is
   * rolled back, `changed` is worth nothing outside of it.
   *
   * With definitions the events are read as those of a source with them are, and old names count as those that they are read as.
   *
   * @throws `TypeError`, `RangeError`, `InvalidNameError` for what is not a query; else as a scan of the log.
   *
   * @example
   * ```ts
   * await retryOnUnmetCondition(async () => {
   *   const { events, changed } = await store.boundary(
   *     eventsMatch({ names: ["enrolled"], tags: ["course:c1"] }, { names: ["enrolled"], tags: ["student:s9"] }),
   *   );
   *   if (events.length >= 10) throw new Error("The course or the student is full.");
   *   const enrolled = { name: "enrolled", payload: {}, tags: ["course:c1", "student:s9"] };
   *   await store.publish([{ category: "enrolments", stream: "c1-s9", events: [enrolled] }], { failIf: changed });
   * });
   * ```
   */
  boundary<TEvents extends object>(
    query: EventQuery<EventName<NoInfer<TEvents>>>,
    options: DefinedSourceOptions<TEvents>,
  ): Promise<EventBoundary<TEvents>>;
  boundary<TEvents extends object = AnyEvents>(
    query: WithPlainTable<NoInfer<TEvents>, EventQuery<EventName<NoInfer<TEvents>>>>,
    options?: SourceOptions<TEvents>,
  ): Promise<EventBoundary<TEvents>>;
  async boundary(query: EventQuery, options?: SourceOptions): Promise<EventBoundary> {
    return readBoundary(this.#context, query, sourceTranslation(options));
  }

  /**
   * The event with this id, as it is stored, or `undefined`; any string is accepted; one that is not a canonical id has no event.
   * What it is read as by definitions says `definitions.read([event])`.
   */
  async eventById(id: string): Promise<StoredEvent | undefined> {
    return eventById(this.#context.storage, id);
  }

  /** The identifiers of the categories that have events, in code-point order of their names; paged beneath. */
  async *categories(options: ListingOptions = {}): AsyncIterableIterator<CategoryIdentifier> {
    const { storage } = this.#context;
    const pages = storage.categories(checkedListingOptions("category", options));
    yield* listed(storage, pages, (category): CategoryIdentifier => ({ kind: "category", category }));
  }

  /**
   * This store, with its clock, logger, ids, metadata and inline hooks, bound to an open transaction: what is published
   * through it takes place when the transaction commits, together with everything else in it, or never.
   *
   * When an inline hook fails, the publish rejects with its error. The transaction can then no longer commit, if the
   * adapter can prevent it (`Transaction.rollbackWith`); otherwise let the error end the transaction.
   *
   * @throws `TypeError` for what is not a transaction.
   *
   * @example
   * ```ts
   * await adapter.transaction(async (tx) => {
   *   await store.within(tx).stream({ category: "orders", stream: "o-1" }).publish({ events });
   *   tx.client.prepare("update stock set left = left - 1 where sku = ?").run(sku);
   * });
   * ```
   */
  within(transaction: Transaction): EventStore {
    if (typeof transaction?.storage?.save !== "function") {
      throw new TypeError(
        "`within` takes an open transaction: what `adapter.transaction` or `adapter.using` hands out.",
      );
    }
    return new EventStore({ ...this.#options, transaction });
  }
}

/** The returned function throws a `TypeError` if `newId` makes anything but a canonical id. */
function checkedIds(newId: () => string): () => string {
  return () => {
    const id = newId();
    if (isEventId(id)) return id;
    throw new TypeError(`newId must make canonical lower-case UUIDs, but it made ${JSON.stringify(id)}.`);
  };
}
