import { setTimeout as delay } from "node:timers/promises";
import { isEventfoldError, type Logger, type SourceIdentifier, type StoredEvent } from "@eventfold/types";
import { pagesUntilAborted } from "./paging.ts";
import type { ScanBounds } from "./storage/event-storage.ts";
import type { EventStorageAdapter } from "./storage/event-storage-adapter.ts";
import { Tail } from "./tail.ts";
import { tracedFollow } from "./tracing/page-channels.ts";

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5_000;

/** What is followed, and from where. */
export interface Following {
  readonly source: SourceIdentifier;
  readonly bounds: ScanBounds;
  readonly signal: AbortSignal | undefined;
  readonly logger: Logger;
}

/** A page of what a follower reads. */
export interface FollowedPage<TEvent = StoredEvent> {
  /** The next events, by sequence number; perhaps none. */
  readonly events: readonly TEvent[];
  /**
   * How far the source was read: everything up to this number that the follower wants has been yielded, with this page. It
   * rises past events that constraints leave out too, and never beyond the horizon.
   */
  readonly upTo: number;
  /** Whether there was no more to read when the page was read; further pages come when more is published. */
  readonly isEnd: boolean;
}

/**
 * The pages of a source, present and future, until the signal or a `return` ends it. After a failure that may pass,
 * such as a lost connection, it logs the failure and goes on from the last event, at intervals that grow up to 5
 * seconds.
 */
export async function* followPages(
  adapter: EventStorageAdapter,
  following: Following,
): AsyncGenerator<FollowedPage, void, undefined> {
  const follower = new Follower(adapter, following);
  const leave = Tail.of(adapter).join();
  let failures = 0;
  try {
    for (;;) {
      try {
        for await (const page of follower.pages()) {
          failures = 0;
          yield page;
        }
      } catch (error) {
        if (!isEventfoldError(error) || !error.isRetryable) throw error;
        following.logger.warn({ error, source: following.source }, "Following was interrupted and goes on.");
        await delay(retryDelayMs(failures++), undefined, following.signal && { signal: following.signal });
      }
    }
  } catch (error) {
    following.signal?.throwIfAborted(); // with the signal's own reason, not the timer's
    throw error;
  } finally {
    leave();
  }
}

/** One follower: it reads alone while it is behind, and waits at the tail when it has caught up. */
class Follower {
  readonly #adapter: EventStorageAdapter;
  readonly #following: Following;
  readonly #isFiltered: boolean;
  #after: number;

  constructor(adapter: EventStorageAdapter, following: Following) {
    const { sequenceNumberAfter = 0, ...filters } = following.bounds;
    this.#adapter = adapter;
    this.#following = following;
    this.#isFiltered = Object.keys(filters).length > 0;
    this.#after = sequenceNumberAfter;
  }

  /** The pages from the last one on, without end; pages may be empty. */
  async *pages(): AsyncGenerator<FollowedPage, void, undefined> {
    for (;;) {
      yield* this.#catchUp();
      yield* this.#keepUp();
    }
  }

  /** Reads the events already stored, filtered where the data is. */
  async *#catchUp(): AsyncGenerator<FollowedPage, void, undefined> {
    const { source, bounds, signal } = this.#following;
    const seenUpTo = await this.#horizon();
    const direction = "forwards";
    const pages = this.#adapter.storage.scan(source, {
      bounds: { ...bounds, sequenceNumberAfter: this.#after },
      direction,
      limit: undefined,
      signal,
      isFollowing: true,
    });
    for await (const events of pagesUntilAborted(tracedFollow({ source, direction }, pages), signal)) {
      this.#after = events.at(-1)?.sequenceNumber ?? this.#after;
      yield { events, upTo: this.#after, isEnd: false };
    }
    this.#after = Math.max(this.#after, seenUpTo);
    yield { events: [], upTo: this.#after, isEnd: true };
  }

  /** Takes new events as they come, until more than one page has come. */
  async *#keepUp(): AsyncGenerator<FollowedPage, void, undefined> {
    const { source, bounds, signal } = this.#following;
    let asOf: number | undefined;
    for (let isEnd = true; isEnd; ) {
      const page = await Tail.of(this.#adapter).next({ source, after: this.#after, bounds, asOf, signal });
      ({ isEnd, asOf } = page);
      this.#after = page.upTo;
      yield { events: page.events, upTo: page.upTo, isEnd };
    }
  }

  /** Where events are filtered out, the horizon says how far the following scan reads. */
  async #horizon(): Promise<number> {
    return this.#isFiltered ? this.#adapter.storage.horizon(this.#following.source) : 0;
  }
}

/** How long to wait after a failure that may pass: longer after each, and not the same for all followers. */
export function retryDelayMs(failures: number): number {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
  return longest / 2 + (Math.random() * longest) / 2;
}
