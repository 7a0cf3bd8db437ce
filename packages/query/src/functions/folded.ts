import type { TextNeed } from "../clauses/kept.ts";
import type { Path, PathSegment } from "../paths/path.ts";
import type { CheckedTextPath } from "../paths/path-types.ts";
import { callOf } from "./call.ts";
import { foldedFunction } from "./folded-function.ts";
import type { FunctionCall, WrittenCall } from "./function-call.ts";

/**
 * The text at a path without the difference between capitals and small letters, see {@link foldCase}; `null`, like a missing value,
 * where the path finds no string. Texts that a filter compares it with are folded too; regular expressions are not.
 *
 * Cost: it is computed for each document, so narrow the search by other filters where there are many, or keep a folded copy in the
 * state and declare an index on that.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when the path is malformed.
 *
 * @example
 * ```ts
 * const search = {
 *   filters: [filter(folded("state.owner"), "contains_text", "Åsa")], // finds "ÅSA", "Johan åsa"
 *   sort: [sortBy(folded("state.owner"))],
 * };
 * ```
 */
export function folded<TDocument = never, const TPath extends string | Path<readonly PathSegment[]> = never>(
  field: CheckedTextPath<NoInfer<TDocument>, TPath>,
): WrittenCall<TDocument, string, TextNeed<TPath>>;
export function folded(field: unknown): FunctionCall<unknown, never> {
  return callOf(foldedFunction, [field]);
}
