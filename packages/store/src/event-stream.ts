import type { AnyEvents, StoredEvent, StreamIdentifier } from "@eventfold/types";
import { eventById } from "./event-by-id.ts";
import type { EventSource } from "./event-source.ts";
import { publishToStream } from "./publishing.ts";
import type { LogPublishEntry } from "./publish-entry.ts";
import { type EntryRequest, entryFor, type PublishRequest } from "./publish-request.ts";
import type { PublishedEvents } from "./published-events.ts";
import type { FollowedPage } from "./following.ts";
import type { ScanOptions, StreamScanOptions } from "./scan-options.ts";
import type { SourceTranslation } from "./source-translation.ts";
import type { StoreContext } from "./store-context.ts";
import {
  followSource,
  followSourcePages,
  latestOf,
  pagesOfSource,
  readSource,
  type StoredSource,
  type StreamFollowOptions,
  scanSource,
} from "./stored-source.ts";

/**
 * The ordered events of one thing. It exists implicitly: reading what was never written is not an error.
 *
 * Get one from `EventStore.stream` or `EventCategory.stream`.
 */
export class EventStream<TEvents extends object = AnyEvents> implements EventSource<TEvents> {
  readonly identifier: StreamIdentifier;
  readonly #context: StoreContext;
  readonly #translation: SourceTranslation | undefined;

  constructor(context: StoreContext, identifier: StreamIdentifier, translation?: SourceTranslation) {
    this.#context = context;
    this.identifier = identifier;
    this.#translation = translation;
  }

  /**
   * Stores events at the next positions of the stream, in the order given, all or none.
   *
   * Event ids make it idempotent: a publish whose ids are all stored in this stream already, in this order, stores
   * nothing and returns the stored events, with `isRepeat` true, whatever its condition says.
   *
   * @returns the stored events, in the order given.
   * @throws `RangeError` when there are no events; `TypeError` for what is not a request.
   * @throws `InvalidEventError` (`INVALID_EVENT`), `InvalidNameError` (`INVALID_NAME`) for an event that cannot be
   * stored as it is.
   * @throws `UnmetWriteConditionError` (`UNMET_WRITE_CONDITION`) when the condition does not hold.
   * @throws `EventsMatchedError` (`EVENTS_MATCHED`) when the conditions hold, but an event matches `failIf`.
   * @throws `DuplicateEventIdError` (`DUPLICATE_EVENT_ID`) when an id is taken and the publish is not a repeat.
   * @throws `StorageBusyError`, `StorageUnavailableError`, `StorageFullError` (retryable) and other storage errors.
   * Nothing was stored, except that after `StorageUnavailableError` it is not known.
   *
   * @example
   * ```ts
   * await stream.publish({
   *   events: [{ name: "user-registered", payload: { email: "user@example.com" } }],
   *   condition: streamIsEmpty(),
   * });
   * ```
   */
  publish(request: PublishRequest<TEvents>): Promise<PublishedEvents<TEvents>> {
    return publishToStream<TEvents>(this.#context, { ...this.identifier, translation: this.#translation }, request);
  }

  /**
   * The same stream without definitions: its events as they are stored, under the names and versions that they were
   * stored with, of any name.
   */
  raw(): EventStream {
    return new EventStream(this.#context, this.identifier);
  }

  /**
   * What to publish to this stream together with others, or to check there, as a value for `EventStore.publish`. The compiler
   * checks the events here, against the table of the stream; they are validated when they are published.
   *
   * @throws `TypeError` for what is not a request.
   *
   * @example
   * ```ts
   * await store.publish([
   *   stream.entry({ events: [{ name: "money-withdrawn", payload: { amount: 5 } }], condition: positionIs(3) }),
   *   accounts.stream("acc-2").entry({ events: [{ name: "money-deposited", payload: { amount: 5 } }] }),
   * ]);
   * ```
   */
  entry(request: EntryRequest<TEvents>): LogPublishEntry<TEvents> {
    return entryFor({ ...this.identifier, translation: this.#translation }, request);
  }

  /**
   * The events by sequence number, lazily, in pages beneath. A fault in the options rejects the first step.
   *
   * @example
   * ```ts
   * for await (const event of stream.scan({ constraints: [positionAfter(9)], limit: 100 })) console.log(event.name);
   * ```
   */
  scan(options?: ScanOptions<TEvents>): AsyncIterableIterator<StoredEvent<TEvents>>;
  scan(options?: StreamScanOptions<TEvents>): AsyncIterableIterator<StoredEvent<TEvents>>;
  scan(options?: StreamScanOptions<TEvents>): AsyncIterableIterator<StoredEvent<TEvents>> {
    return scanSource(this.#source(), options);
  }

  /** What {@link EventStream.scan} yields, page by page, as the storage reads it. No page is empty. */
  pages(options?: ScanOptions<TEvents>): AsyncIterableIterator<readonly StoredEvent<TEvents>[]>;
  pages(options?: StreamScanOptions<TEvents>): AsyncIterableIterator<readonly StoredEvent<TEvents>[]>;
  pages(options?: StreamScanOptions<TEvents>): AsyncIterableIterator<readonly StoredEvent<TEvents>[]> {
    return pagesOfSource(this.#source(), options);
  }

  /** What {@link EventStream.scan} yields, collected. */
  read(options?: ScanOptions<TEvents>): Promise<StoredEvent<TEvents>[]>;
  read(options?: StreamScanOptions<TEvents>): Promise<StoredEvent<TEvents>[]>;
  async read(options?: StreamScanOptions<TEvents>): Promise<StoredEvent<TEvents>[]> {
    return readSource(this.#source(), options);
  }

  /** The newest event, or `undefined` when the stream is empty. */
  async latest(): Promise<StoredEvent<TEvents> | undefined> {
    return latestOf(this.#source());
  }

  /**
   * The position of the event with this id, or `undefined` when it is not in this stream; any string is accepted.
   *
   * @throws `TypeError` when the id is not a string.
   */
  async positionOf(id: string): Promise<number | undefined> {
    const { category, stream } = this.identifier;
    const event = await eventById(this.#context.storage, id);
    return event?.category === category && event.stream === stream ? event.position : undefined;
  }

  /**
   * Like {@link EventStream.scan}, then it waits for more and yields events as they are published, in order, none
   * skipped, until the signal or a `break` ends it. When the connection is lost it goes on where it was.
   */
  follow(options?: StreamFollowOptions<TEvents>): AsyncIterableIterator<StoredEvent<TEvents>> {
    return followSource(this.#source(), options);
  }

  /**
   * Like {@link EventStream.follow}, page by page. Each page says how far the source has been read, including what
   * constraints leave out: for consumers that save how far they have come. Pages may be empty.
   */
  followPages(options?: StreamFollowOptions<TEvents>): AsyncIterable<FollowedPage<StoredEvent<TEvents>>> {
    return followSourcePages(this.#source(), options);
  }

  /**
   * The number up to which, inclusive, nothing more can come: what is published from now on has a higher one. It never
   * waits for writers, and may be far above the newest event, or below it while writers are in flight.
   */
  async horizon(): Promise<number> {
    return this.#context.storage.horizon(this.identifier);
  }

  [Symbol.asyncIterator](): AsyncIterator<StoredEvent<TEvents>> {
    return this.scan();
  }

  #source(): StoredSource {
    return { context: this.#context, identifier: this.identifier, translation: this.#translation };
  }
}
