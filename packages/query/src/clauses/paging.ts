import { root } from "../parse/location.ts";
import { parsePaging } from "../parse/parse-paging.ts";

/** Where a page begins or ends: opaque, made by a page, of use only with the query that made it. */
export type Cursor = string;

/** A page by its number. */
export interface OffsetPaging {
  readonly kind: "offset";
  /** From 1. */
  readonly number: number;
  readonly size: number;
}

/** A page after or before a cursor; the first one without either. */
export interface KeysetPaging {
  readonly kind: "keyset";
  readonly size: number;
  readonly after?: Cursor;
  readonly before?: Cursor;
}

/** Which part of the result is wanted, as data. */
export type Paging = OffsetPaging | KeysetPaging;

/** What {@link offsetPage} is made from. */
export interface OffsetPageOptions {
  /** Which page, from 1. */
  readonly number: number;
  /** Items a page, from 1 to 1,000. */
  readonly size: number;
}

/** What {@link keysetPage} is made from: not both `after` and `before`. */
export interface KeysetPageOptions {
  /** Items a page, from 1 to 1,000. */
  readonly size: number;
  /** The `next` of a page: the items that follow it. */
  readonly after?: Cursor | undefined;
  /** The `previous` of a page: the items that precede it, in the order of the sort all the same. */
  readonly before?: Cursor | undefined;
}

/**
 * A page by its number, from 1. Its cost grows with the number, and items move between pages while documents change;
 * for anything but short lists use {@link keysetPage}.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when the number is no integer from 1, the size none from 1 to 1,000, or
 * their product no safe integer.
 *
 * @example
 * ```ts
 * offsetPage({ number: 3, size: 20 }); // items 41 to 60
 * ```
 */
export function offsetPage({ number, size }: OffsetPageOptions): Paging {
  return parsePaging({ kind: "offset", number, size }, root("offsetPage"));
}

/**
 * The page after a cursor, before one, or the first. Each item is seen once, forwards and backwards, whatever the sort,
 * also when the row that the cursor stands on is gone; the cost is the same for every page.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when the size is no integer from 1 to 1,000, or both cursors are given.
 *
 * @example
 * ```ts
 * const first = await accounts.search({ sort, paging: keysetPage({ size: 20 }) });
 * const second = await accounts.search({ sort, paging: keysetPage({ size: 20, after: first.next }) });
 * ```
 */
export function keysetPage({ size, after, before }: KeysetPageOptions): Paging {
  return parsePaging({ kind: "keyset", size, after, before }, root("keysetPage"));
}
