import { damagedEventError, NO_TAGS } from "@eventfold/store/adapter";
import { type JsonValue, parseJson, type StoredEvent } from "@eventfold/types";
import { uuidOf } from "./uuid-of.ts";

/**
 * The bytes up to which a payload comes with its row. Of a larger one the row tells only the size, so that a page of
 * large events can be cut before they fill the memory. SQLite knows the size without reading the text.
 */
const LARGEST_INLINE_BYTES = 4_096;

function inlineOrSize(column: string): string {
  return `iif(octet_length(${column}) > ${LARGEST_INLINE_BYTES}, octet_length(${column}), ${column})`;
}

/** The select list that {@link EventRow} is made by. */
export const EVENT_COLUMNS = `sequence_number, category, stream, position, lower(hex(id)), name, version, observed_at, occurred_at, ${inlineOrSize("payload")}, ${inlineOrSize("metadata")}`;

/** One event, its payload and metadata as JSON text, or as a number of bytes where they are large. */
export type EventRow = readonly [
  sequenceNumber: number,
  category: string,
  stream: string,
  position: number,
  hexId: string,
  name: string,
  version: number,
  observedAtMs: number,
  occurredAtMs: number,
  payload: string | number,
  metadata: string | number | null,
];

/** Finds the text that a row has only the size of. */
export type TextSource = (sequenceNumber: number, column: "payload" | "metadata") => string;

/** About how many bytes of text an event has. */
export function sizeOf(row: EventRow): number {
  const [payload, metadata] = [row[9], row[10]];
  return (
    (typeof payload === "number" ? payload : payload.length) +
    (typeof metadata === "number" ? metadata : (metadata?.length ?? 0))
  );
}

/** The stored event in a row. */
export function eventOf(row: EventRow, textOf: TextSource): StoredEvent {
  const payload = typeof row[9] === "string" ? row[9] : textOf(row[0], "payload");
  const metadata = typeof row[10] === "number" ? textOf(row[0], "metadata") : row[10];
  return {
    id: uuidOf(row[4]),
    name: row[5],
    payload: parseText(payload, row),
    metadata: metadata === null ? null : parseText(metadata, row),
    version: row[6],
    observedAt: new Date(row[7]),
    occurredAt: new Date(row[8]),
    tags: NO_TAGS, // until they are stored
    category: row[1],
    stream: row[2],
    position: row[3],
    sequenceNumber: row[0],
  };
}

function parseText(text: string, [sequenceNumber, category, stream, position, hexId]: EventRow): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    throw damagedEventError({ id: uuidOf(hexId), category, stream, position, sequenceNumber }, cause);
  }
}
