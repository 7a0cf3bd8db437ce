import type { Path, PathSegment } from "../paths/path.ts";
import type { CheckedPath, SuggestedPath, ValueAt } from "../paths/path-types.ts";
import { call } from "./call.ts";
import type { FunctionCall } from "./function-call.ts";
import { similarityFunction } from "./similarity-function.ts";

/** The path itself if it leads to text, otherwise the paths that could be used instead. */
export type CheckedTextPath<TDocument, TPath> =
  unknown extends ValueAt<TDocument, TPath>
    ? TPath
    : [Extract<ValueAt<TDocument, TPath>, string>] extends [never]
      ? Exclude<SuggestedPath<TDocument, TPath>, TPath>
      : CheckedPath<TDocument, TPath>;

/**
 * How alike the text at a path and a given text are, from 0 to 1: the share of their trigrams, as `pg_trgm` defines
 * `similarity` on ASCII; other characters separate words. It is `null`, like a missing value, where the path finds no
 * string.
 *
 * Cost: it is computed for each document, so narrow the search by other filters where there are many.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when the path or the text is malformed.
 *
 * @example
 * ```ts
 * const search = {
 *   filters: [filter(similarity("state.owner", "amara"), "greater_than", 0.3)],
 *   sort: [sortBy(similarity("state.owner", "amara"), "desc")],
 * };
 * ```
 */
export function similarity<TDocument = never, const TPath extends string | Path<readonly PathSegment[]> = never>(
  field: CheckedTextPath<NoInfer<TDocument>, TPath>,
  text: string,
): FunctionCall<TDocument, number> {
  return call(similarityFunction, field as never, text);
}
