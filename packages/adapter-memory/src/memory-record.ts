import { type EventPlace, type PreparedEvent, parsedTextsOf } from "@eventfold/store/adapter";
import type { JsonValue, StoredEvent } from "@eventfold/types";
import { deepFrozen } from "./deep-frozen.ts";

/** A stored event as it is kept: its payload parsed and frozen, so that reads share it; its times as numbers. */
export interface MemoryRecord extends EventPlace {
  readonly id: string;
  readonly name: string;
  readonly payload: JsonValue;
  readonly metadata: JsonValue;
  readonly version: number;
  readonly observedAtMs: number;
  readonly occurredAtMs: number;
  readonly tags: readonly string[];
}

export function recordOf(event: PreparedEvent, place: EventPlace): MemoryRecord {
  const { payload, metadata } = parsedTextsOf(event);
  return {
    id: event.id,
    name: event.name,
    payload: deepFrozen(payload),
    metadata: deepFrozen(metadata),
    version: event.version,
    observedAtMs: event.observedAtMs,
    occurredAtMs: event.occurredAtMs,
    tags: event.tags,
    category: place.category,
    stream: place.stream,
    position: place.position,
    sequenceNumber: place.sequenceNumber,
  };
}

/** Each read gets its own dates: a frozen `Date` could still be changed. */
export function eventOf(record: MemoryRecord): StoredEvent {
  return {
    id: record.id,
    name: record.name,
    payload: record.payload,
    metadata: record.metadata,
    version: record.version,
    observedAt: new Date(record.observedAtMs),
    occurredAt: new Date(record.occurredAtMs),
    tags: record.tags,
    category: record.category,
    stream: record.stream,
    position: record.position,
    sequenceNumber: record.sequenceNumber,
  };
}
