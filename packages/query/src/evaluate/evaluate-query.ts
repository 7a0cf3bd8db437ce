import type { LookupQuery, SearchQuery } from "../clauses/query.ts";
import type { CheckedDocument, QueryDocument } from "../document.ts";
import { MultipleResultsError } from "../errors/multiple-results-error.ts";
import type { Page } from "../plan/page.ts";
import { pageOf } from "../plan/page.ts";
import type { PlanOptions, SearchPlan } from "../plan/plan-query.ts";
import { planCount, planLookup, planSearch } from "../plan/plan-query.ts";
import type { SortKey } from "../plan/sort-key.ts";
import { compareKeys, startTest } from "./compare-documents.ts";
import { compareText } from "./compare-text.ts";
import { documentTest } from "./document-test.ts";
import { FirstRows } from "./first-rows.ts";
import { sortKeys } from "./sort-keys.ts";

/**
 * Searches documents in memory: the reference that every database must agree with, and what the memory adapter uses.
 *
 * Cost: every document is tested; of those found, only as many are kept and sorted as the page needs, for an offset page
 * also those before it.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`), `UnsupportedRegexError` (`UNSUPPORTED_REGEX`), `InvalidCursorError`
 * (`INVALID_CURSOR`) when the query is malformed.
 *
 * @example
 * ```ts
 * const page = searchDocuments(documents, { sort: [sortBy("state.balance", "desc")], paging: keysetPage({ size: 20 }) });
 * ```
 */
export function searchDocuments<TItem extends QueryDocument>(
  documents: Iterable<TItem>,
  query: SearchQuery<CheckedDocument<NoInfer<TItem>>>,
  options: PlanOptions = {},
): Page<TItem> {
  const plan = planSearch(query, options);
  if (!plan.paging.withTotal) return pageOf(plan, plannedRows(documents, plan));
  const all = [...documents];
  return pageOf(plan, plannedRows(all, plan), all.filter(documentTest(plan.filter, plan.functions)).length);
}

interface Row<TItem> {
  readonly item: TItem;
  readonly keys: readonly SortKey[];
}

/**
 * The rows that a plan asks for, fetched from documents in memory: what an adapter without a query language of its own
 * hands to `pageOf`.
 *
 * @example
 * ```ts
 * const page = pageOf(plan, plannedRows(documents, plan));
 * ```
 */
export function plannedRows<TItem extends QueryDocument>(
  documents: Iterable<TItem>,
  plan: SearchPlan,
): readonly TItem[] {
  const test = documentTest(plan.filter, plan.functions);
  const keysOf = sortKeys(plan.order, plan.functions);
  const isOnPage = startTest(plan.start);
  const wanted = new FirstRows<Row<TItem>>(plan.offset + plan.limit, (left, right) =>
    compareKeys(plan.order, left.keys, right.keys),
  );
  for (const item of documents) {
    if (!test(item)) continue;
    const row = { item, keys: keysOf(item) };
    if (isOnPage(row.keys)) wanted.add(row);
  }
  return wanted
    .sorted()
    .slice(plan.offset)
    .map(({ item }) => item);
}

/**
 * Counts what a search finds in memory, on all pages together; see {@link searchDocuments}.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`), `UnsupportedRegexError` (`UNSUPPORTED_REGEX`) when it is malformed.
 *
 * @example
 * ```ts
 * countDocuments(documents, { filters: [filter("state.balance", "less_than", 0)] });
 * ```
 */
export function countDocuments<TItem extends QueryDocument>(
  documents: Iterable<TItem>,
  query: SearchQuery<CheckedDocument<NoInfer<TItem>>>,
  options: PlanOptions = {},
): number {
  const { filter, functions } = planCount(query, options);
  const test = documentTest(filter, functions);
  let count = 0;
  for (const document of documents) if (test(document)) count++;
  return count;
}

/**
 * Finds the one document in memory; see {@link searchDocuments}.
 *
 * @returns `undefined` when there is none.
 * @throws `MultipleResultsError` (`MULTIPLE_RESULTS`) when there is more than one.
 * @throws `InvalidQueryError` (`INVALID_QUERY`), `UnsupportedRegexError` (`UNSUPPORTED_REGEX`) when it is malformed.
 *
 * @example
 * ```ts
 * lookupDocument(documents, { filters: [filter("state.email", "equal", "ann@example.com")] });
 * ```
 */
export function lookupDocument<TItem extends QueryDocument>(
  documents: Iterable<TItem>,
  query: LookupQuery<CheckedDocument<NoInfer<TItem>>>,
  options: PlanOptions = {},
): TItem | undefined {
  const { filter, functions } = planLookup(query, options);
  const found = [...documents].filter(documentTest(filter, functions));
  return oneOrNone(found.toSorted((left, right) => compareText(left.id, right.id)));
}

/**
 * The one document that a lookup fetched, or `undefined`. Adapters fetch two rows, in the order of ids, and call it.
 *
 * @throws `MultipleResultsError` (`MULTIPLE_RESULTS`) when there is more than one.
 *
 * @example
 * ```ts
 * const found = oneOrNone(await fetchDocuments(statement));
 * ```
 */
export function oneOrNone<TItem extends QueryDocument>(rows: readonly TItem[]): TItem | undefined {
  if (rows.length > 1) throw new MultipleResultsError({ ids: rows.slice(0, 2).map(({ id }) => id) });
  return rows[0];
}
