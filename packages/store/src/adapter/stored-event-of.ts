import { parseJson, type StoredEvent } from "@eventfold/types";
import type { ParsedTexts, PreparedEvent } from "../storage/prepared-event.ts";

/** Where an event was stored. */
export interface EventPlace {
  readonly category: string;
  readonly stream: string;
  readonly position: number;
  readonly sequenceNumber: number;
}

/** What the texts of a prepared event parse to: the copies it brings along, or fresh ones. */
export function parsedTextsOf({ payload, metadata, parsed }: PreparedEvent): ParsedTexts {
  return parsed ?? { payload: parseJson(payload), metadata: metadata === null ? null : parseJson(metadata) };
}

/**
 * The stored event that a prepared event becomes at a place: what an adapter returns from `save` and from reads. Its
 * payload and metadata are what their JSON text parses to, so that a publish returns exactly what a read will. Call it
 * once for an event: the stored event owns its payload.
 */
export function storedEventOf(event: PreparedEvent, place: EventPlace): StoredEvent {
  const { payload, metadata } = parsedTextsOf(event);
  return {
    id: event.id,
    name: event.name,
    payload,
    metadata,
    version: event.version,
    observedAt: new Date(event.observedAtMs),
    occurredAt: new Date(event.occurredAtMs),
    tags: event.tags,
    category: place.category,
    stream: place.stream,
    position: place.position,
    sequenceNumber: place.sequenceNumber,
  };
}
