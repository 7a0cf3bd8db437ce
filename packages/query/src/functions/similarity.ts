import type { TextNeed } from "../clauses/kept.ts";
import type { Path, PathSegment } from "../paths/path.ts";
import type { CheckedTextPath } from "../paths/path-types.ts";
import { callOf } from "./call.ts";
import type { FunctionCall, WrittenCall } from "./function-call.ts";
import { similarityFunction } from "./similarity-function.ts";

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
): WrittenCall<TDocument, number, TextNeed<TPath>>;
export function similarity(field: unknown, text: string): FunctionCall<unknown, never> {
  return callOf(similarityFunction, [field, text]);
}
