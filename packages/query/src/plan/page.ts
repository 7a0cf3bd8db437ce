import type { Cursor } from "../clauses/paging.ts";
import { encodeCursor } from "../cursor/cursor.ts";
import type { QueryDocument } from "../document.ts";
import { sortKeys } from "../evaluate/sort-keys.ts";
import type { SearchPlan } from "./plan-query.ts";

/** One page of a search. */
export interface Page<TItem> {
  /** In the order of the sort, at most as many as the page's size. */
  readonly items: readonly TItem[];
  /** Pass it as `after` for the items that follow; `undefined` when there are none now. */
  readonly next: Cursor | undefined;
  /** Pass it as `before` for the items that precede; `undefined` on the first page. */
  readonly previous: Cursor | undefined;
  /** How many items there are on all pages, if the page was requested with `withTotal`. */
  readonly total?: number | undefined;
}

/**
 * Makes the page of the rows that a plan fetched: at most `plan.limit` of them, in `plan.order`. Adapters call it, so that
 * pages and cursors are the same everywhere.
 *
 * An empty page still leads back: its cursor on the side it came from is at the edge of the whole result.
 *
 * @param total how many items there are on all pages, where the plan's paging asks for it.
 *
 * @example
 * ```ts
 * const rows = await fetchDocuments(translate(plan));
 * const page = pageOf(plan, rows);
 * ```
 */
export function pageOf<TItem extends QueryDocument>(
  plan: SearchPlan,
  rows: readonly TItem[],
  total?: number,
): Page<TItem> {
  const hasMore = rows.length > plan.pageSize;
  const fetched = rows.slice(0, plan.pageSize);
  const isBackwards = plan.paging.kind === "keyset" && plan.paging.before !== undefined;
  const isInside = plan.start.length > 0 || plan.offset > 0;
  const items = Object.freeze(isBackwards ? fetched.toReversed() : fetched);
  const [hasNext, hasPrevious] = isBackwards ? [isInside, hasMore] : [hasMore, isInside];
  return Object.freeze({
    items,
    next: hasNext ? cursorOn(plan, items.at(-1)) : undefined,
    previous: hasPrevious ? cursorOn(plan, items[0]) : undefined,
    ...(total !== undefined && { total }),
  });
}

/** The reversed order of a page before a cursor has the same fields, and so the same keys. */
function cursorOn(plan: SearchPlan, document: QueryDocument | undefined): Cursor {
  const position = document === undefined ? null : sortKeys(plan.order, plan.functions)(document);
  return encodeCursor(position, plan.fingerprint);
}
