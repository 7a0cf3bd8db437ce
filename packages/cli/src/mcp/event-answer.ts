import { readTexts } from "@eventfold/operations";
import type { EventStorageAdapter, SourceIdentifier } from "@eventfold/store";
import type { StoredEventText, StoredTextsOptions } from "@eventfold/store/adapter";

/** How much of a payload and of metadata a page of events shows, in code points. */
const TEXTS_OF_PAGE = 400;

/** How much a single event shows of each, in code points. */
export const TEXTS_OF_EVENT = 8_000;

/** An event as answers show it: its texts as they are stored, cut. */
export function eventAnswer(event: StoredEventText): object {
  const { payload, payloadLength, metadata, metadataLength, observedAtMs, occurredAtMs, ...others } = event;
  return {
    ...others,
    occurredAt: new Date(occurredAtMs),
    observedAt: new Date(observedAtMs),
    payload,
    ...(Buffer.byteLength(payload) < payloadLength && { payloadIsCutOf: payloadLength }),
    ...(metadata !== null && { metadata }),
    ...(metadata !== null && Buffer.byteLength(metadata) < metadataLength && { metadataIsCutOf: metadataLength }),
  };
}

/** What of a source is shown. */
export interface EventPageOptions {
  /** Only events before this sequence number. */
  readonly before?: number | undefined;
  /** The most events. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** The newest events of a source, the newest first, and the cursor to those before them. */
export async function newestEvents(
  events: EventStorageAdapter,
  source: SourceIdentifier,
  { before, limit, signal }: EventPageOptions,
): Promise<object> {
  const options: StoredTextsOptions = {
    ...{ before, signal, limit: limit + 1 },
    direction: "backwards",
    maxTextLength: TEXTS_OF_PAGE,
  };
  const found: StoredEventText[] = [];
  for await (const page of readTexts(events, source, options)) found.push(...page);
  const shown = found.slice(0, limit);
  return {
    events: shown.map(eventAnswer),
    next: found.length > limit ? { before: shown.at(-1)?.sequenceNumber } : null,
  };
}
