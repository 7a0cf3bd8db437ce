import { root } from "../parse/location.ts";
import { parsePaging } from "../parse/parse-paging.ts";
import type { Cursor, Paging } from "./paging.ts";

/** What {@link keysetPage} is made from: not both `after` and `before`. */
export interface KeysetPageOptions {
  /** Items a page, from 1 to 1,000. */
  readonly size: number;
  /** The `next` of a page: the items that follow it. */
  readonly after?: Cursor | undefined;
  /** The `previous` of a page: the items that precede it, in the order of the sort all the same. */
  readonly before?: Cursor | undefined;
  /** Whether the page says how many items there are on all pages, which costs a count for each page. Default: `false`. */
  readonly withTotal?: boolean | undefined;
}

/**
 * The page after a cursor, before one, or the first. Each item is seen once, forwards and backwards, whatever the sort,
 * even if the row at the cursor is gone; the cost is the same for every page.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when the size is not an integer from 1 to 1,000, or both cursors are
 * given, or `withTotal` is not a boolean.
 *
 * @example
 * ```ts
 * const first = await accounts.search({ sort, paging: keysetPage({ size: 20 }) });
 * const second = await accounts.search({ sort, paging: keysetPage({ size: 20, after: first.next }) });
 * ```
 */
export function keysetPage({ size, after, before, withTotal }: KeysetPageOptions): Paging {
  return parsePaging({ kind: "keyset", size, after, before, withTotal }, root("keysetPage"));
}
