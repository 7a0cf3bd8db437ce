import { type AnyEvents, type LogIdentifier, logIdentifier, type StoredEvent } from "@eventfold/types";
import type { EventSource } from "./event-source.ts";
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

/** Everything, in order. Get it from `EventStore.log`. */
export class EventLog<TEvents extends object = AnyEvents> implements EventSource<TEvents> {
  readonly identifier: LogIdentifier = logIdentifier();
  readonly #context: StoreContext;
  readonly #translation: SourceTranslation | undefined;

  constructor(context: StoreContext, translation?: SourceTranslation) {
    this.#context = context;
    this.#translation = translation;
  }

  /**
   * The same log without definitions: its events as they are stored, under the names and versions that they were
   * stored with, of any name.
   */
  raw(): EventLog {
    return new EventLog(this.#context);
  }

  /** The events by sequence number, lazily, in pages beneath. A fault in the options rejects the first step. */
  scan(options?: ScanOptions<TEvents>): AsyncIterableIterator<StoredEvent<TEvents>> {
    return scanSource(this.#source(), options);
  }

  /** What {@link EventLog.scan} yields, page by page, as the storage reads it. No page is empty. */
  pages(options?: ScanOptions<TEvents>): AsyncIterableIterator<readonly StoredEvent<TEvents>[]> {
    return pagesOfSource(this.#source(), options);
  }

  /** What {@link EventLog.scan} yields, collected. */
  async read(options?: ScanOptions<TEvents>): Promise<StoredEvent<TEvents>[]> {
    return readSource(this.#source(), options);
  }

  /** The newest event, or `undefined` when the log is empty. */
  async latest(): Promise<StoredEvent<TEvents> | undefined> {
    return latestOf(this.#source());
  }

  /**
   * Like {@link EventLog.scan}, then it waits for more and yields events as they are published, in order, none skipped,
   * until the signal or a `break` ends it. When the connection is lost it goes on where it was.
   *
   * @example
   * ```ts
   * for await (const event of store.log().follow({ after: checkpoint, signal })) await handle(event);
   * ```
   */
  follow(options?: FollowOptions<TEvents>): AsyncIterableIterator<StoredEvent<TEvents>> {
    return followSource(this.#source(), options);
  }

  /**
   * Like {@link EventLog.follow}, page by page. Each page says how far the source has been read, including what
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
