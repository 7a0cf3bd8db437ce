import { readTexts } from "@eventfold/operations";
import type { EventStorageAdapter } from "@eventfold/store";
import type { StoredEventText } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";
import { type EventFilter, isEmptyFilter, needsWholeTexts, testOf } from "./event-filter.ts";
import { withCutTexts } from "./event-texts.ts";

/** How many characters of a payload a list shows. */
const LISTED_TEXT_LENGTH = 500;

/** A filter looks at so many events for one page, at most, */
const MOST_LOOKED_AT = 10_000;

/** and for so long, in milliseconds. It looks at one event at least, so that a repeat always gets further. */
const LONGEST_LOOK_MS = 25;

/** What a filter reads at once. */
const READ_AT_ONCE = 500;

/** Which page of a source. */
export interface EventPageRequest {
  readonly source: SourceIdentifier;
  /** The events before this number, the latest first; the newest where neither is given. */
  readonly before: number | undefined;
  /** The events after this number, the earliest first. */
  readonly after: number | undefined;
  /** How many events at most. */
  readonly limit: number;
  readonly filter: EventFilter;
  readonly signal: AbortSignal;
}

/** A page of a source, and how far the source was looked at for it. */
export interface EventPage {
  readonly direction: "forwards" | "backwards";
  /** In that direction. Their texts are cut behind 500 characters. */
  readonly events: readonly StoredEventText[];
  /** How many events were looked at. */
  readonly lookedAt: number;
  /** The number of the last event that was looked at, to go on from. `null`: there was none. */
  readonly reached: number | null;
  /** When that event was observed, in epoch milliseconds. */
  readonly reachedAtMs: number | null;
  /** Whether there was nothing more in this direction. */
  readonly isEnd: boolean;
}

/**
 * Reads a page, by keyset: the millionth costs what the first does. With a filter it looks at a bounded number of events for a bounded
 * time and says how far it came; a request that begins there goes on.
 */
export async function readEventPage(adapter: EventStorageAdapter, request: EventPageRequest): Promise<EventPage> {
  const { source, before, after, limit, filter, signal } = request;
  const direction = after === undefined ? "backwards" : "forwards";
  const isFiltered = !isEmptyFilter(filter);
  const isMatch = testOf(filter);
  const maxTextLength = needsWholeTexts(filter) ? undefined : LISTED_TEXT_LENGTH;
  const events: StoredEventText[] = [];
  let last: StoredEventText | undefined;
  let lookedAt = 0;
  const end = () =>
    ({
      direction,
      events: events.map((event) => withCutTexts(event, LISTED_TEXT_LENGTH)),
      lookedAt,
      reached: last?.sequenceNumber ?? null,
      reachedAtMs: last?.observedAtMs ?? null,
    }) as const;

  const startedAtMs = performance.now();
  const mayGoOn = () => lookedAt < MOST_LOOKED_AT && performance.now() - startedAtMs < LONGEST_LOOK_MS;
  do {
    const from =
      direction === "backwards" ? { before: last?.sequenceNumber ?? before } : { after: last?.sequenceNumber ?? after };
    const size = isFiltered ? READ_AT_ONCE : limit;
    let read = 0;
    for await (const page of readTexts(adapter, source, {
      ...from,
      direction,
      limit: size,
      maxTextLength,
      signal,
    })) {
      for (const event of page) {
        last = event;
        read += 1;
        lookedAt += 1;
        if (isMatch(event)) events.push(event);
        if (events.length === limit) return { ...end(), isEnd: false };
      }
      if (isFiltered && !mayGoOn()) return { ...end(), isEnd: false };
    }
    if (read < size) return { ...end(), isEnd: true };
  } while (mayGoOn());
  return { ...end(), isEnd: false };
}
