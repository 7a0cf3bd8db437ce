import { damagedEventError, NO_TAGS } from "@eventfold/store/adapter";
import { type JsonValue, parseJson, type StoredEvent } from "@eventfold/types";
import { uuidOf } from "./uuid-of.ts";

/**
 * The bytes up to which a payload comes with its row. Of a larger one the row tells only the size, so that a page of
 * large events can be cut before they fill the memory. SQLite knows the size without reading the text.
 */
const LARGEST_INLINE_BYTES = 4_096;

/** A text, or a beginning of it, or its size if it is large, or if one that it is stored behind is: SQLite would go through that to read it. */
export function inlineOrSize(column: string, { before = [], text = column }: InlineText = {}): string {
  const sizes = [`octet_length(${column})`, ...before.map((text) => `coalesce(octet_length(${text}), 0)`)];
  const isSmall = sizes.map((size) => `${size} <= ${LARGEST_INLINE_BYTES}`).join(" AND ");
  return `iif(${isSmall}, ${text}, octet_length(${column}))`;
}

/** How a text comes with its row. */
interface InlineText {
  /** The texts that it is stored behind. */
  readonly before?: readonly string[];
  /** What is read of it if it is small. Default: all of it. */
  readonly text?: string;
}

/** Where an event is: what its {@link EventRow} begins with. */
export const PLACE_COLUMNS = "sequence_number, category, stream, position";

/** The select list that {@link EventRow} is made by. */
export const EVENT_COLUMNS = `${PLACE_COLUMNS}, lower(hex(id)), name, version, observed_at, occurred_at, ${inlineOrSize("payload")},
  ${inlineOrSize("metadata", { before: ["payload"] })}, ${inlineOrSize("tags", { before: ["payload", "metadata"] })}`;

/** One event, its payload, metadata and tags as JSON text, or as a number of bytes where they are large. */
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
  tags: string | number | null,
];

/** Finds the text that a row has only the size of. */
export type TextSource = (sequenceNumber: number, column: "payload" | "metadata" | "tags") => string;

/** About how many bytes of text an event has. */
export function sizeOf(row: Pick<EventRow, 9 | 10 | 11>): number {
  return sizeOfText(row[9]) + sizeOfText(row[10]) + sizeOfText(row[11]);
}

function sizeOfText(text: string | number | null): number {
  return typeof text === "number" ? text : (text?.length ?? 0);
}

/** The stored event in a row. */
export function eventOf(row: EventRow, textOf: TextSource): StoredEvent {
  const payload = typeof row[9] === "string" ? row[9] : textOf(row[0], "payload");
  const metadata = typeof row[10] === "number" ? textOf(row[0], "metadata") : row[10];
  const tags = typeof row[11] === "number" ? textOf(row[0], "tags") : row[11];
  return {
    id: uuidOf(row[4]),
    name: row[5],
    payload: parseText(payload, row),
    metadata: metadata === null ? null : parseText(metadata, row),
    version: row[6],
    observedAt: new Date(row[7]),
    occurredAt: new Date(row[8]),
    tags: tags === null ? NO_TAGS : parseTags(tags, row),
    category: row[1],
    stream: row[2],
    position: row[3],
    sequenceNumber: row[0],
  };
}

function parseText(text: string, row: Pick<EventRow, 0 | 1 | 2 | 3 | 4>): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    throw damaged(row, cause);
  }
}

/** The tags in their text. */
export function parseTags(text: string, row: Pick<EventRow, 0 | 1 | 2 | 3 | 4>): readonly string[] {
  const tags = parseText(text, row);
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === "string")) return tags;
  throw damaged(row, new TypeError("The tags are not a JSON array of texts."));
}

function damaged(row: Pick<EventRow, 0 | 1 | 2 | 3 | 4>, cause: unknown): Error {
  const { 0: sequenceNumber, 1: category, 2: stream, 3: position, 4: hexId } = row;
  return damagedEventError({ id: uuidOf(hexId), category, stream, position, sequenceNumber }, cause);
}
