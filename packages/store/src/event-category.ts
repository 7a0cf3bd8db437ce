import {
  type AnyEvents,
  type CategoryIdentifier,
  type StoredEvent,
  type StreamIdentifier,
  streamIdentifier,
} from "@eventfold/types";
import type { EventSource } from "./event-source.ts";
import { EventStream } from "./event-stream.ts";
import type { PublishRefusal } from "./fail-if.ts";
import { checkedListingOptions, type ListingOptions, listed } from "./listing.ts";
import { withKnownMembers } from "./known-members.ts";
import { publishToStreams } from "./publishing.ts";
import type { LogPublishEntry } from "./publish-entry.ts";
import { ENTRY, type StreamPublishEntry } from "./publish-request.ts";
import type { PublishedEntries } from "./published-events.ts";
import type { FollowedPage } from "./following.ts";
import type { ScanOptions } from "./scan-options.ts";
import type { SourceTranslation } from "./source-translation.ts";
import type { StoreContext } from "./store-context.ts";
import {
  type FollowOptions,
  followSource,
  followSourcePages,
  latestOf,
  pagesOfSource,
  readSource,
  type StoredSource,
  scanSource,
} from "./stored-source.ts";

/** What to publish to several streams of one category. */
export interface CategoryPublishRequest<TEvents extends object = AnyEvents> {
  /** At least one; each stream once. */
  readonly streams: readonly StreamPublishEntry<TEvents>[];
  /** What must not have been published, in whatever stream; see {@link PublishOptions.failIf}. Default: nothing. */
  readonly failIf?: PublishRefusal | undefined;
}

const CATEGORY_PUBLISH: ReadonlySet<string> = new Set(["streams", "failIf"]);

/** All streams of one kind. It exists implicitly. Get one from `EventStore.category`. */
export class EventCategory<TEvents extends object = AnyEvents> implements EventSource<TEvents> {
  readonly identifier: CategoryIdentifier;
  readonly #context: StoreContext;
  readonly #translation: SourceTranslation | undefined;

  constructor(context: StoreContext, identifier: CategoryIdentifier, translation?: SourceTranslation) {
    this.#context = context;
    this.identifier = identifier;
    this.#translation = translation;
  }

  /**
   * A stream of this category.
   *
   * @throws `InvalidNameError` (`INVALID_NAME`) when the name breaks the rules.
   */
  stream(stream: string): EventStream<TEvents> {
    const identifier = streamIdentifier({ category: this.identifier.category, stream });
    return new EventStream(this.#context, identifier, this.#translation);
  }

  /**
   * The same category without definitions: its events as they are stored, under the names and versions that they were
   * stored with, of any name.
   */
  raw(): EventCategory {
    return new EventCategory(this.#context, this.identifier);
  }

  /**
   * Stores events to several streams, all or none. An entry with a condition and no events only checks. If any
   * condition is unmet nothing is written anywhere, and the error names the first and lists all.
   *
   * @returns the stored events per entry, in entry order; sequence numbers rise in that order.
   * @throws `RangeError` when there is no entry, one has neither events nor a condition, or a stream appears twice;
   * `TypeError` for an entry of another category; else as `EventStream.publish`.
   *
   * @example
   * ```ts
   * await accounts.publish({
   *   streams: [
   *     { stream: "acc-1", events: [{ name: "money-withdrawn", payload: { amount: 5 } }], condition: positionIs(3) },
   *     { stream: "acc-2", events: [{ name: "money-deposited", payload: { amount: 5 } }] },
   *   ],
   * });
   * ```
   */
  async publish(request: CategoryPublishRequest<TEvents>): Promise<PublishedEntries<TEvents>> {
    if (!Array.isArray(request?.streams)) throw new TypeError("The publish of a category takes { streams: [...] }.");
    withKnownMembers("The publish of a category", request, CATEGORY_PUBLISH);
    const { category } = this.identifier;
    const own = this.#translation;
    const entries = request.streams.map((entry, index): LogPublishEntry<TEvents> => {
      withKnownMembers("An entry of a publish", entry, ENTRY);
      refuseOtherCategory(entry, { category, index });
      const { stream, events, condition, translation = own } = entry;
      return { category, stream, events, condition, translation };
    });
    return publishToStreams<readonly LogPublishEntry<TEvents>[]>(this.#context, entries, { failIf: request.failIf });
  }

  /** The identifiers of the streams that have events, in code-point order of their names; paged beneath. */
  async *streams(options: ListingOptions = {}): AsyncIterableIterator<StreamIdentifier> {
    const { storage } = this.#context;
    const { category } = this.identifier;
    const pages = storage.streams(category, checkedListingOptions("stream", options));
    yield* listed(storage, pages, (stream): StreamIdentifier => ({ kind: "stream", category, stream }));
  }

  /** The events by sequence number, lazily, in pages beneath. A fault in the options rejects the first step. */
  scan(options?: ScanOptions<TEvents>): AsyncIterableIterator<StoredEvent<TEvents>> {
    return scanSource(this.#source(), options);
  }

  /** What {@link EventCategory.scan} yields, page by page, as the storage reads it. No page is empty. */
  pages(options?: ScanOptions<TEvents>): AsyncIterableIterator<readonly StoredEvent<TEvents>[]> {
    return pagesOfSource(this.#source(), options);
  }

  /** What {@link EventCategory.scan} yields, collected. */
  async read(options?: ScanOptions<TEvents>): Promise<StoredEvent<TEvents>[]> {
    return readSource(this.#source(), options);
  }

  /** The newest event, or `undefined` when the category is empty. */
  async latest(): Promise<StoredEvent<TEvents> | undefined> {
    return latestOf(this.#source());
  }

  /**
   * Like {@link EventCategory.scan}, then it waits for more and yields events as they are published, in order, none
   * skipped, until the signal or a `break` ends it. When the connection is lost it goes on where it was.
   */
  follow(options?: FollowOptions<TEvents>): AsyncIterableIterator<StoredEvent<TEvents>> {
    return followSource(this.#source(), options);
  }

  /**
   * Like {@link EventCategory.follow}, page by page. Each page says how far the source has been read, including what
   * constraints leave out: for consumers that save how far they have come. Pages may be empty.
   */
  followPages(options?: FollowOptions<TEvents>): AsyncIterable<FollowedPage<StoredEvent<TEvents>>> {
    return followSourcePages(this.#source(), options);
  }

  /**
   * The number up to which, inclusive, nothing more can come: what is published from now on has a higher one. It never waits for
   * writers, and may be far above the newest event, or below it while writers are in flight.
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

/** An entry that `EventStream.entry` made names its category; a literal names none. */
function refuseOtherCategory(
  given: Pick<StreamPublishEntry, "category">,
  { category, index }: { readonly category: string; readonly index: number },
): void {
  if (given.category === undefined || given.category === category) return;
  throw new TypeError(
    `Entry ${index} is of the category ${JSON.stringify(given.category)}, but this publishes to ${JSON.stringify(category)}. Publish to several categories by \`store.publish\`.`,
  );
}
