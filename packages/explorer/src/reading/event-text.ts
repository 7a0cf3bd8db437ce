import type { EventStorage } from "@eventfold/store/adapter";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";

/** An event as the explorer shows it: its payload and metadata are texts, which may be cut. */
export interface EventText {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly stream: string;
  readonly position: number;
  readonly sequenceNumber: number;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly observedAtMs: number;
  /** Epoch milliseconds. */
  readonly occurredAtMs: number;
  readonly tags: readonly string[];
  /** JSON, or its beginning. */
  readonly payload: string;
  /** The length of the whole payload, in the storage's unit. */
  readonly payloadLength: number;
  /** JSON, or its beginning; `null` when the event has none. */
  readonly metadata: string | null;
  /** The length of the whole metadata, in the storage's unit; 0 when the event has none. */
  readonly metadataLength: number;
}

/** Which events of a source are read, and how much of each. */
export interface EventTextOptions {
  /** Only events after this sequence number. */
  readonly after?: number | undefined;
  /** Only events before this sequence number. */
  readonly before?: number | undefined;
  readonly direction: "forwards" | "backwards";
  readonly limit?: number | undefined;
  /** Payloads and metadata are cut behind so many characters. Default: they are whole. */
  readonly maxTextLength?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads the events of a source as texts, in pages. An adapter that cannot give texts is scanned, and what it gives is cut here. */
export function readEventTexts(
  storage: EventStorage,
  source: SourceIdentifier,
  options: EventTextOptions,
): AsyncIterable<readonly EventText[]> {
  return storage.storedTexts?.(source, options) ?? scanEventTexts(storage, source, options);
}

/** Reads one event: the first after a number, or the last before one. */
export async function readOneText(
  storage: EventStorage,
  source: SourceIdentifier,
  options: Omit<EventTextOptions, "limit">,
): Promise<EventText | undefined> {
  for await (const [event] of readEventTexts(storage, source, { ...options, limit: 1 })) return event;
  return undefined;
}

async function* scanEventTexts(
  storage: EventStorage,
  source: SourceIdentifier,
  { after, before, direction, limit, maxTextLength, signal }: EventTextOptions,
): AsyncGenerator<readonly EventText[]> {
  const bounds = { sequenceNumberAfter: after, sequenceNumberBefore: before };
  // A follower's scan waits for no writer: a page that is looked at is no reason to wait.
  for await (const page of storage.scan(source, { bounds, direction, limit, signal, isFollowing: true }))
    yield page.map((event) => textOf(event, maxTextLength));
}

function textOf(event: StoredEvent, maxTextLength: number | undefined): EventText {
  const payload = JSON.stringify(event.payload);
  const metadata = event.metadata === null ? null : JSON.stringify(event.metadata);
  return {
    id: event.id,
    name: event.name,
    category: event.category,
    stream: event.stream,
    position: event.position,
    sequenceNumber: event.sequenceNumber,
    version: event.version,
    observedAtMs: event.observedAt.getTime(),
    occurredAtMs: event.occurredAt.getTime(),
    tags: event.tags,
    payload: payload.slice(0, maxTextLength),
    payloadLength: payload.length,
    metadata: metadata?.slice(0, maxTextLength) ?? null,
    metadataLength: metadata?.length ?? 0,
  };
}

/** An event with its texts cut, where they were read whole. */
export function withCutTexts(event: EventText, maxTextLength: number): EventText {
  const { payload, metadata } = event;
  return { ...event, payload: payload.slice(0, maxTextLength), metadata: metadata?.slice(0, maxTextLength) ?? null };
}
