import type { EventStorage, StoredEventText, StoredTextsOptions } from "@eventfold/store/adapter";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";

/** Reads the events of a source as texts, in pages. An adapter that cannot give texts is scanned, and what it gives is cut here. */
export function readEventTexts(
  storage: EventStorage,
  source: SourceIdentifier,
  options: StoredTextsOptions,
): AsyncIterable<readonly StoredEventText[]> {
  return storage.storedTexts?.(source, options) ?? scanEventTexts(storage, source, options);
}

/** Reads one event: the first after a number, or the last before one. */
export async function readOneText(
  storage: EventStorage,
  source: SourceIdentifier,
  options: Omit<StoredTextsOptions, "limit">,
): Promise<StoredEventText | undefined> {
  for await (const [event] of readEventTexts(storage, source, { ...options, limit: 1 })) return event;
  return undefined;
}

async function* scanEventTexts(
  storage: EventStorage,
  source: SourceIdentifier,
  { after, before, direction, limit, maxTextLength, signal }: StoredTextsOptions,
): AsyncGenerator<readonly StoredEventText[]> {
  const bounds = { sequenceNumberAfter: after, sequenceNumberBefore: before };
  const options = { bounds, direction, limit, signal, isFollowing: false };
  for await (const page of storage.scan(source, options)) yield page.map((event) => textOf(event, maxTextLength));
}

function textOf(event: StoredEvent, maxTextLength = Number.POSITIVE_INFINITY): StoredEventText {
  const { id, name, category, stream, position, sequenceNumber, version, tags } = event;
  const payload = JSON.stringify(event.payload);
  const metadata = event.metadata === null ? null : JSON.stringify(event.metadata);
  return {
    ...{ id, name, category, stream, position, sequenceNumber, version, tags },
    observedAtMs: event.observedAt.getTime(),
    occurredAtMs: event.occurredAt.getTime(),
    payload: cutText(payload, maxTextLength),
    payloadLength: Buffer.byteLength(payload),
    metadata: metadata === null ? null : cutText(metadata, maxTextLength),
    metadataLength: metadata === null ? 0 : Buffer.byteLength(metadata),
  };
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
