import type { TextRow } from "../connection/statement.ts";
import { INLINE_BYTES, sizeIn } from "./stored-event-row.ts";

const MAX_GROUP_BYTES = 4 * 1024 * 1024;

/** Whether a row came without its documents. */
export function isLarge(row: TextRow): boolean {
  return sizeIn(row) > INLINE_BYTES;
}

/**
 * Divides the rows of a page so that the large documents of a group have at most 4 MB together, or are those of one
 * event. A page without large events is one group.
 */
export function* groupsOf(rows: readonly TextRow[]): Generator<readonly TextRow[]> {
  let start = 0;
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    if (!isLarge(row)) continue;
    if (bytes > 0 && bytes + sizeIn(row) > MAX_GROUP_BYTES) {
      yield rows.slice(start, index);
      start = index;
      bytes = 0;
    }
    bytes += sizeIn(row);
  }
  yield start === 0 ? rows : rows.slice(start);
}
