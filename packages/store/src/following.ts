import { setTimeout as delay } from "node:timers/promises";
import { isEventfoldError, type Logger, type SourceIdentifier, type StoredEvent } from "@eventfold/types";
import { pagesUntilAborted } from "./paging.ts";
import type { ScanBounds } from "./storage/event-storage.ts";
import type { EventStorageAdapter } from "./storage/event-storage-adapter.ts";
import { WakeUp } from "./wake-up.ts";

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5_000;

/** What is followed, and from where. */
export interface Following {
  readonly source: SourceIdentifier;
  readonly bounds: ScanBounds;
  readonly signal: AbortSignal | undefined;
  readonly logger: Logger;
}

/**
 * The pages of a source, those there are and those to come, until the signal or a `return` ends it. A failure that may
 * pass, such as a lost connection, is logged and tried again from the last event on, ever more slowly up to 5 seconds.
 */
export async function* followPages(
  adapter: EventStorageAdapter,
  following: Following,
): AsyncGenerator<readonly StoredEvent[], void, undefined> {
  const wakeUp = new WakeUp((listener) => adapter.onChange(listener));
  const drain = new Drain(adapter, following);
  let failures = 0;
  try {
    for (;;) {
      wakeUp.reset();
      try {
        yield* drain.pages();
        failures = 0;
      } catch (error) {
        if (!isEventfoldError(error) || !error.isRetryable) throw error;
        following.logger.warn({ error, source: following.source }, "Following was interrupted and goes on.");
        await delay(retryDelayMs(failures++), undefined, following.signal && { signal: following.signal });
        continue;
      }
      await wakeUp.wait(following.signal);
    }
  } catch (error) {
    following.signal?.throwIfAborted(); // with the signal's own reason, not the timer's
    throw error;
  } finally {
    wakeUp.stop();
  }
}

/** Reads what has come since the last time, again and again. */
class Drain {
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

  async *pages(): AsyncGenerator<readonly StoredEvent[], void, undefined> {
    const { source, bounds, signal } = this.#following;
    const seenUpTo = await this.#end();
    const pages = this.#adapter.scan(source, {
      bounds: { ...bounds, sequenceNumberAfter: this.#after },
      direction: "forwards",
      limit: undefined,
      signal,
      isFollowing: true,
    });
    for await (const page of pagesUntilAborted(pages, signal)) {
      this.#after = page.at(-1)?.sequenceNumber ?? this.#after;
      yield page;
    }
    this.#after = Math.max(this.#after, seenUpTo);
  }

  /** Where events are filtered out, the newest of all says how far this drain has come, so that none is read again. */
  async #end(): Promise<number> {
    if (!this.#isFiltered) return 0;
    return (await this.#adapter.latest(this.#following.source))?.sequenceNumber ?? 0;
  }
}

function retryDelayMs(failures: number): number {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
  return longest / 2 + (Math.random() * longest) / 2;
}
