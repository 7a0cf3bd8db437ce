import assert from "node:assert/strict";
import type { SourceIdentifier, StoredEvent } from "@eventfold/store";
import type { EventStorage, EventText, StoredEventText, StoredTextsOptions } from "@eventfold/store/adapter";
import { collectedPages } from "./collected.ts";

/** All texts that a storage yields of a source: of the log, forwards, unless something else is asked for. */
export async function textsIn(
  storage: EventStorage,
  { source = { kind: "log" }, ...own }: { readonly source?: SourceIdentifier } & Partial<StoredTextsOptions> = {},
): Promise<StoredEventText[]> {
  return collectedPages(textPagesOf(storage, source, { direction: "forwards", ...own }));
}

/** The pages of texts of a storage, which must have them. */
export function textPagesOf(
  storage: EventStorage,
  source: SourceIdentifier,
  options: StoredTextsOptions,
): AsyncIterable<readonly StoredEventText[]> {
  assert.ok(storage.storedTexts, "the storage has storedTexts");
  return storage.storedTexts(source, options);
}

/** What {@link StoredEventText} is made of an event that the library has stored. */
export function textOf(event: StoredEvent): StoredEventText {
  const payload = JSON.stringify(event.payload);
  const metadata = event.metadata === null ? null : JSON.stringify(event.metadata);
  return withLengths({
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
    payload,
    metadata,
  });
}

/** An event as it comes back once it has been restored. */
export function withLengths(event: EventText): StoredEventText {
  return {
    ...event,
    payloadLength: Buffer.byteLength(event.payload),
    metadataLength: event.metadata === null ? 0 : Buffer.byteLength(event.metadata),
  };
}
