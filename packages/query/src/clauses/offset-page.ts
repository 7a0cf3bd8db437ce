import { root } from "../parse/location.ts";
import { parsePaging } from "../parse/parse-paging.ts";
import type { Paging } from "./paging.ts";

/** What {@link offsetPage} is made from. */
export interface OffsetPageOptions {
  /** Which page, from 1. */
  readonly number: number;
  /** Items a page, from 1 to 1,000. */
  readonly size: number;
  /** Whether the page says how many items there are on all pages, which costs a count for each page. Default: `false`. */
  readonly withTotal?: boolean | undefined;
}

/**
 * A page by its number, from 1. Its cost grows with the number, and items move between pages while documents change;
 * for anything but short lists use `keysetPage`.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) unless the number is an integer of 1 or more, the size one from 1
 * to 1,000, and their product a safe integer.
 *
 * @example
 * ```ts
 * offsetPage({ number: 3, size: 20 }); // items 41 to 60
 * ```
 */
export function offsetPage({ number, size, withTotal }: OffsetPageOptions): Paging {
  return parsePaging({ kind: "offset", number, size, withTotal }, root("offsetPage"));
}
