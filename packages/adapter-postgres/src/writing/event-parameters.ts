import type { PreparedEvent, StreamWrite } from "@eventfold/store/adapter";
import { int4Array, textArray, timestamp, timestampArray, uuidArray } from "../connection/binary-array.ts";

/** The ids of events, as `uuid[]`. */
export function idArray(events: readonly PreparedEvent[]): Buffer {
  return uuidArray(events.map((event) => event.id));
}

/** The rest of what is stored of events, an array for each column: name, version, observed, occurred, payload, metadata. */
export function contentArrays(events: readonly PreparedEvent[]): readonly Buffer[] {
  return [
    textArray(events.map((event) => event.name)),
    int4Array(events.map((event) => event.version)),
    timestampArray(events.map((event) => event.observedAtMs)),
    timestampArray(events.map((event) => event.occurredAtMs)),
    textArray(events.map((event) => event.payload)),
    textArray(events.map((event) => event.metadata)),
  ];
}

/** All that is stored of one event, a value for each column: id, name, version, observed, occurred, payload, metadata. */
export function eventScalars(event: PreparedEvent): readonly unknown[] {
  const observedAt = timestamp(event.observedAtMs);
  const occurredAt = event.occurredAtMs === event.observedAtMs ? observedAt : timestamp(event.occurredAtMs);
  return [event.id, event.name, event.version, observedAt, occurredAt, event.payload, event.metadata];
}

/** What a condition allows, a value for each parameter: positions, complement. */
export function conditionScalars(allowed: StreamWrite["allowed"]): readonly unknown[] {
  return allowed === undefined ? [null, false] : [int4Array(allowed.positions), allowed.complement];
}
