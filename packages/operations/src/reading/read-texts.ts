import type { EventStorageAdapter, SourceIdentifier, StoredEvent } from "@eventfold/store";
import type { StoredEventText, StoredTextsOptions } from "@eventfold/store/adapter";

/**
 * The events of a source in pages, payload and metadata as JSON text, cut as the options say: for whoever shows events. The
 * library's own categories, which begin with `$`, are left out of the log, and do not count towards a limit.
 *
 * An adapter without `storedTexts` is scanned instead: then whole payloads are read, and cut afterwards.
 *
 * @throws what the adapter rejects with; the signal's reason.
 *
 * @example
 * ```ts
 * const newest = { direction: "backwards", limit: 20, maxTextLength: 200 } as const;
 * for await (const page of readTexts(adapter, { kind: "log" }, newest)) {
 *   for (const { sequenceNumber, name, payload } of page) console.log(sequenceNumber, name, payload);
 * }
 * ```
 */
export function readTexts(
  events: EventStorageAdapter,
  source: SourceIdentifier,
  options: StoredTextsOptions,
): AsyncIterable<readonly StoredEventText[]> {
  if (events.storage.storedTexts === undefined) return scannedTexts(events, source, options);
  return source.kind === "log" ? logTexts(events, options) : events.storage.storedTexts(source, options);
}

/** The log without the library's own categories. Where these made up a part of the limit, it reads on. */
async function* logTexts(
  { storage }: EventStorageAdapter,
  options: StoredTextsOptions,
): AsyncIterable<readonly StoredEventText[]> {
  let { after, before } = options;
  for (let left = options.limit ?? Number.POSITIVE_INFINITY; left > 0; ) {
    let read = 0;
    let last: StoredEventText | undefined;
    const limit = Number.isFinite(left) ? left : undefined;
    for await (const page of storage.storedTexts?.({ kind: "log" }, { ...options, after, before, limit }) ?? []) {
      read += page.length;
      last = page.at(-1) ?? last;
      const shown = page.filter(({ category }) => !category.startsWith("$"));
      left -= shown.length;
      if (shown.length > 0) yield shown;
    }
    if (last === undefined || limit === undefined || read < limit) return;
    if (options.direction === "forwards") after = last.sequenceNumber;
    else before = last.sequenceNumber;
  }
}

async function* scannedTexts(
  { storage }: EventStorageAdapter,
  source: SourceIdentifier,
  { after, before, direction, limit, maxTextLength, signal }: StoredTextsOptions,
): AsyncIterable<readonly StoredEventText[]> {
  const bounds = { sequenceNumberAfter: after, sequenceNumberBefore: before };
  for await (const page of storage.scan(source, { bounds, direction, limit, signal, isFollowing: false })) {
    yield page.map((event) => textsOf(event, maxTextLength));
  }
}

function textsOf(event: StoredEvent, maxTextLength: number | undefined): StoredEventText {
  const { id, name, category, stream, position, sequenceNumber, version, observedAt, occurredAt, tags } = event;
  const payload = JSON.stringify(event.payload);
  const metadata = event.metadata === null ? null : JSON.stringify(event.metadata);
  return {
    ...{ id, name, category, stream, position, sequenceNumber, version, tags },
    observedAtMs: observedAt.getTime(),
    occurredAtMs: occurredAt.getTime(),
    payload: cutText(payload, maxTextLength),
    metadata: metadata && cutText(metadata, maxTextLength),
    payloadLength: Buffer.byteLength(payload),
    metadataLength: metadata === null ? 0 : Buffer.byteLength(metadata),
  };
}

/** The beginning of a text, in code points, so that no character is cut in half. */
function cutText(text: string, maxLength: number | undefined): string {
  if (maxLength === undefined || text.length <= maxLength) return text;
  return [...text.slice(0, 2 * maxLength)].slice(0, maxLength).join("");
}
