import type { Clause } from "./clause.ts";
import type { Paging } from "./paging.ts";
import type { Sort } from "./sort.ts";

/** The one document that all filters hold for, or none: more than one is a `MultipleResultsError`. */
export interface LookupQuery<in TDocument = never> {
  /** All must hold; without any, every document is found. */
  readonly filters?: readonly Clause<TDocument>[] | undefined;
}

/**
 * A page of the documents that all filters hold for, sorted.
 *
 * @example
 * ```ts
 * const query: SearchQuery<QueryDocument<{ balance: number }>> = {
 *   filters: [filter("state.balance", "greater_than", 0)],
 *   sort: [sortBy("state.balance", "desc")],
 *   paging: keysetPage({ size: 20 }),
 * };
 * ```
 */
export interface SearchQuery<in TDocument = never> {
  /** All must hold; without any, every document is found. */
  readonly filters?: readonly Clause<TDocument>[] | undefined;
  /** The first decides, then the next, at last the id. At most 32. Default: by id, ascending. */
  readonly sort?: readonly Sort<TDocument>[] | undefined;
  /** Default: the first keyset page of 100. */
  readonly paging?: Paging | undefined;
}
