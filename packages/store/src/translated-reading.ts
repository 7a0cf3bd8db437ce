import { setTimeout as delay } from "node:timers/promises";
import { isEventfoldError, type SourceIdentifier, type StoredEvent } from "@eventfold/types";
import type { DecodedEvents } from "./event-translation.ts";
import { type FollowedPage, type Following, followPages, retryDelayMs } from "./following.ts";
import { decodedPage, type SourceTranslation, storedBounds } from "./source-translation.ts";
import type { EventStorage, ScanBounds, StorageScanOptions } from "./storage/event-storage.ts";
import type { EventStorageAdapter } from "./storage/event-storage-adapter.ts";

/** Scans storage, and reads each page as a translation says. */
export interface TranslatedScan {
  readonly translation: SourceTranslation;
  /** The pages of a scan of the storage. */
  readonly scan: (options: StorageScanOptions) => AsyncIterable<readonly StoredEvent[]>;
}

/**
 * The pages of a scan as they are read. The limit counts what is yielded, and does not come between the parts of one
 * stored event: the rest of them would be lost to a caller that goes on after its sequence number.
 */
export async function* translatedPages(
  { translation, scan }: TranslatedScan,
  options: StorageScanOptions,
): AsyncGenerator<readonly StoredEvent[], void, undefined> {
  let bounds = storedBounds(translation, options.bounds);
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  for (let limit = options.limit; ; limit = limit && limit * 2) {
    let found = 0;
    for await (const page of scan({ ...options, bounds, limit })) {
      found += page.length;
      bounds = boundsPast(page, { bounds, direction: options.direction });
      const { events: decoded, failure } = await decodedPage(translation, page, options.bounds);
      const events = firstOf(options.direction === "forwards" ? decoded : lastPartFirst(decoded), left);
      if (events.length > 0) yield events;
      left -= events.length;
      if (left <= 0) return;
      if (failure !== undefined) throw failure.error;
    }
    if (limit === undefined || found < limit) return;
  }
}

/** The first events of a page, so many or a few more: the parts of one stored event stay together. */
function firstOf(events: readonly StoredEvent[], count: number): readonly StoredEvent[] {
  if (events.length <= count) return events;
  let end = count;
  while (end < events.length && events[end]?.sequenceNumber === events[end - 1]?.sequenceNumber) end++;
  return events.slice(0, end);
}

/** A page that goes backwards has the parts of a stored event backwards too. */
function lastPartFirst(events: readonly StoredEvent[]): readonly StoredEvent[] {
  if (events.every(({ part }) => part === undefined)) return events;
  return events.toSorted(
    (one, other) => other.sequenceNumber - one.sequenceNumber || (other.part ?? 0) - (one.part ?? 0),
  );
}

function boundsPast(
  page: readonly StoredEvent[],
  { bounds, direction }: Pick<StorageScanOptions, "bounds" | "direction">,
): ScanBounds {
  const { sequenceNumber } = page.at(-1) as StoredEvent;
  return direction === "forwards"
    ? { ...bounds, sequenceNumberAfter: sequenceNumber }
    : { ...bounds, sequenceNumberBefore: sequenceNumber };
}

/** The newest event that a source is read as. */
export async function translatedLatest(
  storage: EventStorage,
  {
    identifier,
    translation,
    bounds = {},
  }: {
    readonly identifier: SourceIdentifier;
    readonly translation: SourceTranslation;
    readonly bounds?: ScanBounds | undefined;
  },
): Promise<StoredEvent | undefined> {
  const scan = (options: StorageScanOptions) => storage.scan(identifier, options);
  const newest = { bounds, direction: "backwards", limit: 1, signal: undefined, isFollowing: false } as const;
  for await (const [latest] of translatedPages({ translation, scan }, newest)) return latest;
  return undefined;
}

/**
 * The pages of a source, present and future, as they are read. Before an event that cannot be read it yields what comes
 * before. While a page cannot be read at all it tries again, at intervals that grow up to 5 seconds.
 */
export async function* followTranslatedPages(
  adapter: EventStorageAdapter,
  following: Following,
  translation: SourceTranslation,
): AsyncGenerator<FollowedPage, void, undefined> {
  const stored = { ...following, bounds: storedBounds(translation, following.bounds) };
  for await (const { events: page, upTo, isEnd } of followPages(adapter, stored)) {
    const { events, failure } = await decodedInTime(following, () => decodedPage(translation, page, following.bounds));
    if (failure === undefined) yield { events, upTo, isEnd };
    else {
      yield { events, upTo: failure.event.sequenceNumber - 1, isEnd: false };
      throw failure.error;
    }
  }
}

async function decodedInTime(
  { source, signal, logger }: Following,
  decode: () => Promise<DecodedEvents>,
): Promise<DecodedEvents> {
  for (let failures = 0; ; failures++) {
    try {
      return await decode();
    } catch (error) {
      if (!isEventfoldError(error) || !error.isRetryable) throw error;
      logger.warn({ error, source }, "Following was interrupted and goes on.");
      await delay(retryDelayMs(failures), undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}
