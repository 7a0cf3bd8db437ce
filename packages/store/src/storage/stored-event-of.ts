import type { StoredEvent } from "@eventfold/types";
import type { PreparedEvent } from "./prepared-event.ts";

/** Where an event was stored. */
export interface EventPlace {
  readonly category: string;
  readonly stream: string;
  readonly position: number;
  readonly sequenceNumber: number;
}

/**
 * The stored event that a prepared event becomes at a place: what an adapter returns from `save` and from reads. The
 * payload and metadata are parsed from their JSON text, so that a publish returns exactly what a read will.
 */
export function storedEventOf(event: PreparedEvent, place: EventPlace): StoredEvent {
  return {
    id: event.id,
    name: event.name,
    payload: JSON.parse(event.payload),
    metadata: event.metadata === null ? null : JSON.parse(event.metadata),
    version: event.version,
    observedAt: new Date(event.observedAtMs),
    occurredAt: new Date(event.occurredAtMs),
    category: place.category,
    stream: place.stream,
    position: place.position,
    sequenceNumber: place.sequenceNumber,
  };
}
