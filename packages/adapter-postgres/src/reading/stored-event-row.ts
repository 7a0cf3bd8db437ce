import { damagedEventError, NO_TAGS, type StoredEventText } from "@eventfold/store/adapter";
import { type JsonValue, parseJson, type StoredEvent } from "@eventfold/types";
import type { TextRow } from "../connection/statement.ts";

/** Payloads, metadata and tags of more bytes than this together are not read with a page, but in separate groups. */
export const INLINE_BYTES = 8_192;

/**
 * The columns of an event, for {@link storedEventFrom}. Times come as epoch milliseconds, which cost less to print and to
 * parse than a date, and as integers, because `extra_float_digits` rounds other numbers. With an inline limit, the documents of
 * larger events come as null.
 */
export function eventColumns({ isInlineOnly, documents = DOCUMENTS }: EventColumns): string {
  const document = (column: string) =>
    isInlineOnly ? `case when e.size <= ${INLINE_BYTES} then ${column} end` : column;
  return [
    "e.sequence_number, e.id, e.category, e.stream, e.position, e.name, e.version",
    `${epochMs("e.observed_at")}, ${epochMs("e.occurred_at")}, e.size`,
    documents.map(document).join(", "),
  ].join(", ");
}

/** Which columns of events are wanted. */
interface EventColumns {
  readonly isInlineOnly: boolean;
  /** Default: {@link DOCUMENTS}. */
  readonly documents?: readonly string[];
}

/** The columns of an event's documents, which {@link documentsIn} reads. */
export const DOCUMENTS = ["e.payload", "e.metadata", "array_to_json(e.tags)"] as const;

/**
 * As {@link DOCUMENTS}, but payload and metadata are cut to so many code points, and followed by the bytes that they have as a whole.
 *
 * @param length stands for the number of code points, an integer.
 */
export function cutDocuments(length: string): readonly string[] {
  const [, , tags] = DOCUMENTS;
  const texts = ["e.payload::text", "e.metadata::text"];
  return [...texts.map((text) => `left(${text}, ${length})`), tags, ...texts.map((text) => `octet_length(${text})`)];
}

function epochMs(column: string): string {
  return `(date_part('epoch', ${column}) * 1000)::bigint`;
}

const SEQUENCE_NUMBER = 0;
const ID = 1;
const POSITION = 4;
const SIZE = 9;

/** The sequence number of a row. */
export function sequenceNumberIn(row: TextRow): number {
  return Number(row[SEQUENCE_NUMBER]);
}

/** The id of a row's event. */
export function idIn(row: TextRow): string {
  return row[ID] as string;
}

/** The position of a row. */
export function positionIn(row: TextRow): number {
  return Number(row[POSITION]);
}

/** The bytes of a row's documents, whether they came with it or not. */
export function sizeIn(row: TextRow): number {
  return Number(row[SIZE]);
}

/** The JSON texts of an event. */
export interface EventDocuments {
  readonly payload: string;
  readonly metadata: string | null;
  readonly tags: string | null;
}

/** The documents in the columns of a row from one on. Default: those of an event's row. */
export function documentsIn(row: TextRow, first = SIZE + 1): EventDocuments {
  return { payload: row[first] as string, metadata: row[first + 1] ?? null, tags: row[first + 2] ?? null };
}

/** The lengths of whole texts, behind the documents of a row that begin in a column. Default: those of an event's row. */
export function textLengthsIn(row: TextRow, first = SIZE + 1): readonly [payload: number, metadata: number] {
  return [Number(row[first + 3]), Number(row[first + 4] ?? 0)];
}

/** The event of a row as it is stored. */
export function storedTextFrom(
  row: TextRow,
  { payload, metadata, tags }: EventDocuments,
  lengths: readonly [payload: number, metadata: number] | undefined,
): StoredEventText {
  return {
    id: idIn(row),
    name: row[5] as string,
    category: row[2] as string,
    stream: row[3] as string,
    position: positionIn(row),
    sequenceNumber: sequenceNumberIn(row),
    version: Number(row[6]),
    observedAtMs: Number(row[7]),
    occurredAtMs: Number(row[8]),
    tags: tags === null ? NO_TAGS : (parseText(tags, row) as readonly string[]),
    payload,
    metadata,
    payloadLength: lengths?.[0] ?? Buffer.byteLength(payload),
    metadataLength: lengths?.[1] ?? (metadata === null ? 0 : Buffer.byteLength(metadata)),
  };
}

/** The event of a row. */
export function storedEventFrom(row: TextRow, { payload, metadata, tags } = documentsIn(row)): StoredEvent {
  return {
    id: idIn(row),
    name: row[5] as string,
    payload: parseText(payload, row),
    metadata: metadata === null ? null : parseText(metadata, row),
    version: Number(row[6]),
    observedAt: new Date(Number(row[7])),
    occurredAt: new Date(Number(row[8])),
    tags: tags === null ? NO_TAGS : (parseText(tags, row) as readonly string[]),
    category: row[2] as string,
    stream: row[3] as string,
    position: positionIn(row),
    sequenceNumber: sequenceNumberIn(row),
  };
}

function parseText(text: string, row: TextRow): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    const [id, category, stream] = [idIn(row), row[2] as string, row[3] as string];
    throw damagedEventError(
      { id, category, stream, position: positionIn(row), sequenceNumber: sequenceNumberIn(row) },
      cause,
    );
  }
}
