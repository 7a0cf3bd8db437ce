import type { EventStorage, StoredEventText } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";
import { readOneText } from "./event-texts.ts";

/**
 * Finds the first event of a source that was observed at or after a time, by halving over sequence numbers: some twenty reads of one
 * event in a log of a million. Where events were not stored in the order in which they were observed, it finds one of those around.
 */
export async function findFirstEventFrom(
  storage: EventStorage,
  {
    source,
    timeMs,
    signal,
  }: { readonly source: SourceIdentifier; readonly timeMs: number; readonly signal: AbortSignal },
): Promise<StoredEventText | undefined> {
  const firstAfter = (after: number) =>
    readOneText(storage, source, { after, direction: "forwards", maxTextLength: 1, signal });
  const newest = await readOneText(storage, source, { direction: "backwards", maxTextLength: 1, signal });
  if (newest === undefined) return undefined;
  let low = 0; // everything up to here was observed before the time
  let high = newest.sequenceNumber; // what comes after this was not
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const event = await firstAfter(middle);
    if (event === undefined || event.observedAtMs >= timeMs) high = middle;
    else low = event.sequenceNumber;
  }
  return firstAfter(low);
}
