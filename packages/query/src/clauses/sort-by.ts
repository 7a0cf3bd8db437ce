import type { FunctionCall } from "../functions/function-call.ts";
import type { Scalar } from "../functions/query-function.ts";
import { root } from "../parse/location.ts";
import { parseSort } from "../parse/parse-sort.ts";
import type { Path, PathSegment } from "../paths/path.ts";
import type { CheckedPath } from "../paths/path-types.ts";
import type { Kept, PathNeed } from "./kept.ts";
import type { NullsPlacement, Sort, SortDirection, WrittenSort } from "./sort.ts";

/** Choices of {@link sortBy}. */
export interface SortOptions {
  /** Where missing values and `null` go, whatever the direction. Default: `last`. */
  readonly nulls?: NullsPlacement | undefined;
}

/**
 * Sorts by a field, frozen. Numbers sort by value, then strings by code point, then `false`, `true`, then arrays and
 * objects, which tie with one another; `desc` reverses all of it. Missing values go last in both directions, unless
 * asked to go first. Whatever still ties is ordered by id, in the direction of the last field.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when the path, the direction or an option is malformed.
 *
 * @example
 * ```ts
 * const sort = [sortBy("state.balance", "desc"), sortBy("state.owner", "asc", { nulls: "first" })];
 * ```
 */
export function sortBy<
  TDocument = never,
  const TPath extends string | Path<readonly PathSegment[]> = never,
  TResult extends Scalar = never,
  TNeed = unknown,
>(
  field:
    | CheckedPath<NoInfer<TDocument>, TPath>
    | FunctionCall<TDocument, TResult>
    | Kept<FunctionCall<unknown, TResult>, TNeed>,
  direction?: SortDirection,
  options?: SortOptions,
): WrittenSort<TDocument, [TResult] extends [never] ? PathNeed<TPath> : TNeed>;
export function sortBy(field: unknown, direction: SortDirection = "asc", { nulls = "last" }: SortOptions = {}): Sort {
  return parseSort({ kind: "sort", field, direction, nulls }, root("sortBy"));
}
