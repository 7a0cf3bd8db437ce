import { readTexts } from "@eventfold/operations";
import type { EventStorageAdapter, SourceIdentifier } from "@eventfold/store";
import type { StoredEventText, StoredTextsOptions } from "@eventfold/store/adapter";
import { logIdentifier } from "@eventfold/types";

/** Reads one event of a source: the first after a number, or the last before one. */
export async function readOneText(
  events: EventStorageAdapter,
  source: SourceIdentifier,
  options: Omit<StoredTextsOptions, "limit">,
): Promise<StoredEventText | undefined> {
  for await (const [event] of readTexts(events, source, { ...options, limit: 1 })) return event;
  return undefined;
}

/** Reads the event with a number, also one of the library's own categories, which are left out of the log otherwise. */
export async function readTextAt(
  events: EventStorageAdapter,
  sequenceNumber: number,
  cut: Pick<StoredTextsOptions, "maxTextLength" | "signal">,
): Promise<StoredEventText | undefined> {
  const log = logIdentifier();
  const at = { after: sequenceNumber - 1, before: sequenceNumber + 1, direction: "forwards", ...cut } as const;
  for await (const [event] of events.storage.storedTexts?.(log, at) ?? readTexts(events, log, at)) return event;
  return undefined;
}

/** An event with its texts cut, where they were read whole. */
export function withCutTexts(event: StoredEventText, length: number): StoredEventText {
  const { payload, metadata } = event;
  return {
    ...event,
    payload: cutText(payload, length),
    metadata: metadata === null ? null : cutText(metadata, length),
  };
}

/** The beginning of a text, of so many UTF-16 units at most, without half a character at its end. */
export function cutText(text: string, length: number): string {
  const cut = text.slice(0, length);
  return cut.length < text.length && !cut.isWellFormed() ? cut.slice(0, -1) : cut;
}
