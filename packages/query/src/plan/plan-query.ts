import type { JsonValue } from "@eventfold/types";
import type { Clause } from "../clauses/clause.ts";
import type { KeysetPaging, OffsetPaging, Paging } from "../clauses/paging.ts";
import type { LookupQuery, SearchQuery } from "../clauses/query.ts";
import { canonicalJson } from "../cursor/canonical-json.ts";
import { decodeCursor } from "../cursor/cursor.ts";
import { fingerprint } from "../cursor/fingerprint.ts";
import type { QueryFunctions } from "../functions/function-registry.ts";
import { BUILT_IN_FUNCTIONS } from "../functions/function-registry.ts";
import { DEFAULT_PAGE_SIZE } from "../limits.ts";
import { fault, root } from "../parse/location.ts";
import { parseQuery } from "../parse/parse-query.ts";
import type { KeyBound } from "./keyset.ts";
import { keysetBounds } from "./keyset.ts";
import type { NormalFilter } from "./normal-filter.ts";
import { normalizeFilters } from "./normalize-filter.ts";
import type { OrderKey } from "./order.ts";
import { reversedOrder, totalOrder } from "./order.ts";

/** What a search asks of a database, as data: every adapter makes the same plan and only translates it. */
export interface SearchPlan {
  /** Which documents are wanted. */
  readonly filter: NormalFilter;
  /** The total order in which rows are to be fetched: that of the sort, or its reverse for a page before a cursor. */
  readonly order: readonly OrderKey[];
  /** Where the page starts; empty at the first row. */
  readonly start: readonly KeyBound[];
  /** How many rows to pass over. */
  readonly offset: number;
  /** How many rows to fetch: one more than the page holds, which tells whether another page follows. */
  readonly limit: number;
  /** How many items the page holds at most. */
  readonly pageSize: number;
  /** Which page was asked for. */
  readonly paging: Paging;
  /** Ties cursors to the query: the same for the same filters and sort. */
  readonly fingerprint: string;
  /** The functions that the query may call. */
  readonly functions: QueryFunctions;
}

/** What a lookup or a count asks of a database. */
export interface FilterPlan {
  /** Which documents are wanted. */
  readonly filter: NormalFilter;
  /** The functions that the query may call. */
  readonly functions: QueryFunctions;
}

/** Choices when a query is planned. */
export interface PlanOptions {
  /** The functions that the query may call. Default: those of the library, `similarity` and `folded`. */
  readonly functions?: QueryFunctions | undefined;
}

/**
 * Checks a search as `parseQuery` does, and makes the plan of it.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`), `UnsupportedRegexError` (`UNSUPPORTED_REGEX`) when it is malformed.
 * @throws `InvalidCursorError` (`INVALID_CURSOR`) when its cursor belongs to another query.
 *
 * @example
 * ```ts
 * const plan = planSearch({ sort: [sortBy("state.balance", "desc")], paging: keysetPage({ size: 20 }) });
 * plan.order.length; // 3: balance, id, name
 * ```
 */
export function planSearch(
  query: SearchQuery<never>,
  { functions = BUILT_IN_FUNCTIONS }: PlanOptions = {},
): SearchPlan {
  const { filters = [], sort = [], paging = FIRST_PAGE } = parseQuery(query, { functions });
  const filter = normalizeFilters(filters);
  const order = totalOrder(sort, filter);
  const owner = fingerprint(canonicalJson([filters, sort] as unknown as JsonValue));
  const part = paging.kind === "offset" ? offsetPart(paging, order) : keysetPart(paging, { order, fingerprint: owner });
  const pageSize = paging.size;
  return Object.freeze({ filter, ...part, limit: pageSize + 1, pageSize, paging, fingerprint: owner, functions });
}

const FIRST_PAGE: Paging = Object.freeze({ kind: "keyset", size: DEFAULT_PAGE_SIZE });

type PlanPart = Pick<SearchPlan, "order" | "start" | "offset">;

function offsetPart({ number, size }: OffsetPaging, order: readonly OrderKey[]): PlanPart {
  return { order, start: [], offset: (number - 1) * size };
}

function keysetPart({ after, before }: KeysetPaging, query: Pick<SearchPlan, "order" | "fingerprint">): PlanPart {
  const order = before === undefined ? query.order : reversedOrder(query.order);
  const cursor = before ?? after;
  const position = cursor === undefined ? null : decodeCursor(cursor, query);
  return { order, start: position === null ? [] : keysetBounds(order, position), offset: 0 };
}

/**
 * Checks a lookup and makes the plan of it. Fetch two rows in the order of ids: a second is already one too many.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`), `UnsupportedRegexError` (`UNSUPPORTED_REGEX`) when it is malformed.
 *
 * @example
 * ```ts
 * const plan = planLookup({ filters: [filter(path.unchecked("state", "email"), "equal", "ann@example.com")] });
 * ```
 */
export function planLookup(query: LookupQuery<never>, options: PlanOptions = {}): FilterPlan {
  const { filters, sort, paging } = parseQuery(query, options);
  if (sort !== undefined) fault(root("sort"), "only a search is sorted");
  if (paging !== undefined) fault(root("paging"), "only a search has pages");
  return filterPlan(filters, options);
}

/**
 * Checks a search and makes the plan of counting what it finds, on all pages together: its sort and its paging do not matter.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`), `UnsupportedRegexError` (`UNSUPPORTED_REGEX`) when it is malformed.
 *
 * @example
 * ```ts
 * planCount({}).filter; // { kind: "constant", holds: true }
 * ```
 */
export function planCount(query: SearchQuery<never>, options: PlanOptions = {}): FilterPlan {
  return filterPlan(parseQuery(query, options).filters, options);
}

function filterPlan(
  filters: readonly Clause<unknown>[] = [],
  { functions = BUILT_IN_FUNCTIONS }: PlanOptions,
): FilterPlan {
  return Object.freeze({ filter: normalizeFilters(filters), functions });
}
