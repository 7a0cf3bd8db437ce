import { NO_TAGS, type StoredEventText } from "@eventfold/store/adapter";
import { type EventRow, inlineOrSize, PLACE_COLUMNS, parseTags, type TextSource } from "./event-row.ts";
import type { RowSelection } from "./scan-rows.ts";
import { uuidOf } from "./uuid-of.ts";

/** One event as it is stored: an {@link EventRow}, and the sizes of the whole texts. */
export type TextRow = readonly [...EventRow, payloadLength: number, metadataLength: number];

const WHOLE_TEXTS = textColumns((column) => column);
const BEGINNINGS = textColumns((column) => `substr(${column}, 1, ?)`);

function textColumns(textOf: (column: string) => string): string {
  return `${PLACE_COLUMNS}, lower(hex(id)), name, version, observed_at, occurred_at,
  ${inlineOrSize("payload", { text: textOf("payload") })},
  ${inlineOrSize("metadata", { before: ["payload"], text: textOf("metadata") })},
  ${inlineOrSize("tags", { before: ["payload", "metadata"] })},
  octet_length(payload), coalesce(octet_length(metadata), 0)`;
}

/** What is read of events as texts, each up to so many code points. */
export function textSelection(maxTextLength: number | undefined): RowSelection {
  return maxTextLength === undefined
    ? { columns: WHOLE_TEXTS, values: [], includesOwnCategories: true }
    : { columns: BEGINNINGS, values: [maxTextLength, maxTextLength], includesOwnCategories: true };
}

/** The event in a row, as it is stored. */
export function eventTextOf(row: TextRow, textOf: TextSource): StoredEventText {
  const tags = typeof row[11] === "number" ? textOf(row[0], "tags") : row[11];
  return {
    id: uuidOf(row[4]),
    name: row[5],
    category: row[1],
    stream: row[2],
    position: row[3],
    sequenceNumber: row[0],
    version: row[6],
    observedAtMs: row[7],
    occurredAtMs: row[8],
    tags: tags === null ? NO_TAGS : parseTags(tags, row),
    payload: typeof row[9] === "string" ? row[9] : textOf(row[0], "payload"),
    metadata: typeof row[10] === "number" ? textOf(row[0], "metadata") : row[10],
    payloadLength: row[12],
    metadataLength: row[13],
  };
}
