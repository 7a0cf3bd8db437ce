import type { Clause } from "../clauses/clause.ts";
import type { SearchQuery } from "../clauses/query.ts";
import type { Sort } from "../clauses/sort.ts";
import type { QueryFunctions } from "../functions/function-registry.ts";
import { BUILT_IN_FUNCTIONS } from "../functions/function-registry.ts";
import { MAX_CLAUSES, MAX_SORTS } from "../limits.ts";
import type { Location } from "./location.ts";
import { below, root } from "./location.ts";
import type { ParseContext } from "./parse-clause.ts";
import { parseClause } from "./parse-clause.ts";
import { parsePaging } from "./parse-paging.ts";
import { parseSort } from "./parse-sort.ts";
import { readElements, readMembers } from "./record.ts";

/** Choices of {@link parseQuery}. */
export interface ParseQueryOptions {
  /** The functions that the query may call. Default: those of the library, `similarity` and `folded`. */
  readonly functions?: QueryFunctions | undefined;
}

/**
 * Reads a query from outside (a client, a file, a log), checks all of it and freezes the result: at most 500 clauses,
 * nested at most 100 deep, 32 fields to sort by, pages of at most 1,000. A field may also be written as a dotted string.
 *
 * Unknown members, operators, functions and fields are refused, and so is what JSON could not carry. The input is read
 * once, without running getters, and not changed. Cursors are checked when the search runs.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) with the path and the reason of the first fault.
 * @throws `UnsupportedRegexError` (`UNSUPPORTED_REGEX`) when a regular expression is outside the portable subset.
 *
 * @example
 * ```ts
 * const query = parseQuery(JSON.parse(request.body));
 * const page = await accounts.search(query);
 * ```
 */
export function parseQuery(
  value: unknown,
  { functions = BUILT_IN_FUNCTIONS }: ParseQueryOptions = {},
): SearchQuery<unknown> {
  const at = root("");
  const members = readMembers(value, at, ["filters", "sort", "paging"]);
  const context = { functions, clauseCount: 0 };
  return Object.freeze({
    ...(members.has("filters") && { filters: parseFilters(members.get("filters"), below(at, "filters"), context) }),
    ...(members.has("sort") && { sort: parseSorts(members.get("sort"), below(at, "sort"), functions) }),
    ...(members.has("paging") && { paging: parsePaging(members.get("paging"), below(at, "paging")) }),
  });
}

function parseFilters(value: unknown, at: Location, context: ParseContext): readonly Clause<unknown>[] {
  const elements = readElements(value, at, MAX_CLAUSES);
  return Object.freeze(elements.map((element, index) => parseClause(element, below(at, index), context)));
}

function parseSorts(value: unknown, at: Location, functions: QueryFunctions): readonly Sort<unknown>[] {
  const elements = readElements(value, at, MAX_SORTS);
  return Object.freeze(elements.map((element, index) => parseSort(element, below(at, index), functions)));
}
