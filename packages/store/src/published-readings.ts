import type { StoredEvent } from "@eventfold/types";
import type { EncodedEvent } from "./event-translation.ts";
import { decodedPage } from "./source-translation.ts";
import type { PublishEntry } from "./publish-request.ts";

/** Whether any of the entries went through a translation, so that its events are not returned as they are stored. */
export function isTranslated(entries: readonly PublishEntry[]): boolean {
  return entries.some(({ encoded }) => encoded !== undefined);
}

/**
 * The events of a publish as readers get them, per entry. Those that were just stored are known already, so that nothing
 * which could fail comes after they are stored; those of a repeat are read.
 *
 * @throws or rejects with the reason why one of a repeat cannot be read.
 */
export function publishedReadings(
  entries: readonly PublishEntry[],
  { events, isRepeat }: { readonly events: readonly (readonly StoredEvent[])[]; readonly isRepeat: boolean },
): readonly (readonly StoredEvent[])[] | Promise<readonly (readonly StoredEvent[])[]> {
  if (isRepeat) return Promise.all(entries.map((entry, index) => readAgain(entry, events[index] ?? [])));
  return entries.map(({ encoded }, index) => {
    const stored = events[index] ?? [];
    return encoded === undefined ? stored : stored.map((event, n) => withReadPayload(event, encoded[n]));
  });
}

async function readAgain(
  { translation, encoded }: PublishEntry,
  stored: readonly StoredEvent[],
): Promise<readonly StoredEvent[]> {
  if (translation === undefined || encoded === undefined) return stored;
  const { events, failure } = await decodedPage(translation, stored, {});
  if (failure !== undefined) throw failure.error;
  return events;
}

/** The compiler has checked the payload against the table of the source, and knows stored events without types. */
function withReadPayload(event: StoredEvent, encoded: EncodedEvent | undefined): StoredEvent {
  return encoded?.read === undefined ? event : { ...event, payload: encoded.read.payload as StoredEvent["payload"] };
}
