import type { StorageListingOptions } from "@eventfold/store/adapter";
import { IS_NO_OWN_CATEGORY } from "./own-categories.ts";
import type { ReadScope } from "./read-scope.ts";

const PAGE_NAMES = 1_000;

/**
 * Leaps through the index from each name to the next, so the cost depends on the names, not on the events. A name whose
 * first event lies above what is visible belongs to a transaction that has not committed.
 */
const STREAMS = `WITH RECURSIVE found(stream) AS (
    SELECT (SELECT stream FROM eventfold_events INDEXED BY eventfold_events_by_stream
      WHERE category = ? AND stream > ? ORDER BY stream LIMIT 1)
    UNION ALL
    SELECT (SELECT stream FROM eventfold_events INDEXED BY eventfold_events_by_stream
      WHERE category = ? AND stream > found.stream ORDER BY stream LIMIT 1)
    FROM found WHERE found.stream IS NOT NULL
  )
  SELECT stream FROM found WHERE stream IS NOT NULL AND (
    SELECT sequence_number FROM eventfold_events INDEXED BY eventfold_events_by_stream
    WHERE category = ? AND stream = found.stream ORDER BY position LIMIT 1) <= ?
  LIMIT ?`;

const CATEGORIES = `WITH RECURSIVE found(category) AS (
    SELECT (SELECT category FROM eventfold_events INDEXED BY eventfold_events_by_category
      WHERE category > ? ORDER BY category LIMIT 1)
    UNION ALL
    SELECT (SELECT category FROM eventfold_events INDEXED BY eventfold_events_by_category
      WHERE category > found.category ORDER BY category LIMIT 1)
    FROM found WHERE found.category IS NOT NULL
  )
  SELECT category FROM found WHERE category IS NOT NULL AND ${IS_NO_OWN_CATEGORY} AND (
    SELECT sequence_number FROM eventfold_events INDEXED BY eventfold_events_by_category
    WHERE category = found.category ORDER BY sequence_number LIMIT 1) <= ?
  LIMIT ?`;

/** The names of the streams of a category, in code-point order, in pages. */
export function streamNames(
  scope: ReadScope,
  category: string,
  options: StorageListingOptions,
): AsyncIterable<readonly string[]> {
  return pagesOfNames(scope, options, (after, count) =>
    scope.prepared(STREAMS).all(category, after, category, category, scope.visibleUpTo, count),
  );
}

/** The names of the categories, in code-point order, in pages. */
export function categoryNames(scope: ReadScope, options: StorageListingOptions): AsyncIterable<readonly string[]> {
  return pagesOfNames(scope, options, (after, count) =>
    scope.prepared(CATEGORIES).all(after, scope.visibleUpTo, count),
  );
}

type Fetching = (after: string, count: number) => readonly (readonly unknown[])[];

async function* pagesOfNames(
  scope: ReadScope,
  { after, limit = Number.POSITIVE_INFINITY }: StorageListingOptions,
  fetch: Fetching,
): AsyncGenerator<readonly string[]> {
  let last = after ?? ""; // before every name, for none is empty
  for (let left = limit; left > 0; ) {
    const wanted = Math.min(PAGE_NAMES, left);
    const page = await scope.read(() => fetch(last, wanted).map(([entry]) => entry as string));
    if (page.length > 0) yield page;
    if (page.length < wanted) break;
    last = page.at(-1) ?? last;
    left -= page.length;
  }
  await scope.read(() => {}); // the last step, too, rejects after a close
}
