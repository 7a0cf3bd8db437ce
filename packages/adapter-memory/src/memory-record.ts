import { type EventPlace, type EventText, type PreparedEvent, parsedTextsOf } from "@eventfold/store/adapter";
import { type JsonValue, parseJson, type StoredEvent } from "@eventfold/types";
import { deepFrozen } from "./deep-frozen.ts";

/** The JSON texts of an event. */
export type RecordTexts = Pick<EventText, "payload" | "metadata">;

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
  /** The texts that it was restored from, if they are written otherwise than its payload and metadata are. */
  readonly ownTexts?: RecordTexts;
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

/** The record of an event from another log. */
export function restoredRecordOf(event: EventText): MemoryRecord {
  const { id, name, version, observedAtMs, occurredAtMs, tags, category, stream, position, sequenceNumber } = event;
  const payload = deepFrozen(parseJson(event.payload));
  const metadata = event.metadata === null ? null : deepFrozen(parseJson(event.metadata));
  const record = {
    id,
    name,
    payload,
    metadata,
    version,
    observedAtMs,
    occurredAtMs,
    tags,
    category,
    stream,
    position,
    sequenceNumber,
  };
  const written = textsOf(record);
  if (written.payload === event.payload && written.metadata === event.metadata) return record;
  return { ...record, ownTexts: { payload: event.payload, metadata: event.metadata } };
}

/** The JSON texts that an event was stored with. */
export function textsOf({ payload, metadata, ownTexts }: MemoryRecord): RecordTexts {
  if (ownTexts !== undefined) return ownTexts;
  return { payload: JSON.stringify(payload), metadata: metadata === null ? null : JSON.stringify(metadata) };
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
