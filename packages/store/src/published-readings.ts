import type { StoredEvent } from "@eventfold/types";
import type { EncodedEvent } from "./event-translation.ts";
import { decodedPage } from "./source-translation.ts";
import type { PublishEntry } from "./publish-request.ts";

/** Whether any of the entries went through a translation, so that its events are not returned as they are stored. */
export function isTranslated(entries: readonly PublishEntry[]): boolean {
  return entries.some(({ encoded }) => encoded !== undefined);
}

/**
 * The events of an entry as readers get them. Those that were just stored are known already, so that nothing which
 * could fail comes after they are stored; those of a repeat are read.
 *
 * @throws why one of a repeat cannot be read.
 */
export async function publishedReadings(
  { translation, encoded }: PublishEntry,
  stored: readonly StoredEvent[],
  isRepeat: boolean,
): Promise<readonly StoredEvent[]> {
  if (translation === undefined || encoded === undefined) return stored;
  if (!isRepeat) return stored.map((event, index) => withReadPayload(event, encoded[index]));
  const { events, failure } = await decodedPage(translation, stored, {});
  if (failure !== undefined) throw failure.error;
  return events;
}

/** The compiler has checked the payload against the table of the source, and knows stored events without types. */
function withReadPayload(event: StoredEvent, encoded: EncodedEvent | undefined): StoredEvent {
  return encoded?.read === undefined ? event : { ...event, payload: encoded.read.payload as StoredEvent["payload"] };
}
