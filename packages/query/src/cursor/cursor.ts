import { parseJson } from "@eventfold/types";
import type { Cursor } from "../clauses/paging.ts";
import { InvalidCursorError } from "../errors/invalid-cursor-error.ts";
import type { OrderKey } from "../plan/order.ts";
import { isTopLevel } from "../plan/order.ts";
import type { SortKey } from "../plan/sort-key.ts";
import { COMPOSITE_KEY, isSortKey } from "../plan/sort-key.ts";
import { fromBase64Url, toBase64Url } from "./base64-url.ts";
import { fingerprint } from "./fingerprint.ts";

const VERSION = 1;

/** What a cursor holds: the sort keys of its document, or `null` for the edge of the whole result. */
export type CursorPosition = readonly SortKey[] | null;

/** What a cursor is checked against: the query's fingerprint and its total order. */
export interface CursorQuery {
  readonly fingerprint: string;
  readonly order: readonly OrderKey[];
}

/**
 * Makes a cursor: URL-safe text that holds a version, the query's fingerprint, the position and a checksum. It is not
 * encrypted: anyone who has it can read the sort keys.
 */
export function encodeCursor(position: CursorPosition, owner: string): Cursor {
  const body = JSON.stringify([VERSION, owner, position]);
  return toBase64Url(`${fingerprint(body)}${body}`);
}

/**
 * Reads a cursor that was made for this query.
 *
 * @throws `InvalidCursorError` (`INVALID_CURSOR`) when it was truncated or changed, belongs to another query (other
 * filters, another sort; the page size may differ), or comes from another version of the library.
 */
export function decodeCursor(cursor: Cursor, query: CursorQuery): CursorPosition {
  const [version, owner, position] = bodyOf(cursor);
  if (version !== VERSION) return refuse("other_version");
  if (owner !== query.fingerprint) return refuse("other_query");
  if (position === null) return null;
  if (!Array.isArray(position) || !fits(position, query.order)) return refuse("malformed");
  return Object.freeze(position.map((key) => (Array.isArray(key) ? COMPOSITE_KEY : key)));
}

function bodyOf(cursor: Cursor): readonly unknown[] {
  const text = fromBase64Url(cursor) ?? "";
  const body = text.slice(16);
  const parsed = text.slice(0, 16) === fingerprint(body) ? parsedBody(body) : undefined;
  return Array.isArray(parsed) && parsed.length === 3 ? parsed : refuse("malformed");
}

function parsedBody(body: string): unknown {
  try {
    return parseJson(body);
  } catch {
    return undefined; // Not made here: whoever made it knew the checksum.
  }
}

function fits(keys: readonly unknown[], order: readonly OrderKey[]): keys is readonly SortKey[] {
  if (keys.length !== order.length) return false;
  return order.every(({ field }, index) => {
    const isText = isTopLevel(field, "id") || isTopLevel(field, "name");
    return isSortKey(keys[index]) && (!isText || typeof keys[index] === "string");
  });
}

function refuse(reason: InvalidCursorError["reason"]): never {
  throw new InvalidCursorError({ reason });
}
