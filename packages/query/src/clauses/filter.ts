import type { JsonArray, Jsonify, JsonObject, JsonValue } from "@eventfold/types";
import type { FunctionCall } from "../functions/function-call.ts";
import type { Scalar } from "../functions/query-function.ts";
import { root } from "../parse/location.ts";
import { parseClause } from "../parse/parse-clause.ts";
import type { Path, PathSegment } from "../paths/path.ts";
import type { CheckedPath, ValueAt } from "../paths/path-types.ts";
import type { Clause } from "./clause.ts";
import type { Operands, Operator } from "./operator.ts";

/** A type as JSON gives it back; what is JSON of any shape stays as it is, as it has no end to expand to. */
type AsJson<T> = unknown extends T
  ? JsonValue
  : T extends undefined
    ? never
    : JsonObject extends T
      ? T
      : JsonArray extends T
        ? T
        : Jsonify<T>;

/** The type of what a filter's field yields, as JSON: a function's result, or what the path finds. */
export type FieldValue<TDocument, TPath, TResult> = [TResult] extends [never]
  ? AsJson<ValueAt<TDocument, TPath>>
  : TResult;

/**
 * A condition on one field, frozen. The field is a dotted path, a {@link path} or a call of a function.
 *
 * A missing value and `null` are the same. A comparison between different JSON types, or with a missing value, does not
 * hold, and its negation does; `not_equal`, `not_in` and `not_regex_matches` are exactly the negations. `equal`, `in`
 * and `contains` compare objects and arrays deeply, whatever the order of members; strings compare by code point.
 *
 * Where a clause about a known document is expected, the compiler refuses a path that the document does not have and an
 * operand of the wrong type.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when the path, the operator or the operand is malformed.
 * @throws `UnsupportedRegexError` (`UNSUPPORTED_REGEX`) when a regular expression is outside the portable subset.
 *
 * @example
 * ```ts
 * filter("state.balance", "greater_than_or_equal", 100);
 * filter("state.tags", "contains", "vip");
 * filter("state.closedAt", "exists");
 * ```
 */
export function filter<
  TDocument = never,
  const TPath extends string | Path<readonly PathSegment[]> = never,
  TResult extends Scalar = never,
  TOperator extends Operator = Operator,
>(
  field: CheckedPath<NoInfer<TDocument>, TPath> | FunctionCall<TDocument, TResult>,
  operator: TOperator,
  ...operands: Operands<FieldValue<NoInfer<TDocument>, NoInfer<TPath>, NoInfer<TResult>>, NoInfer<TOperator>>
): Clause<TDocument> {
  const at = root("filter");
  if (operands.length === 0) return parseClause({ kind: "filter", field, operator }, at);
  return parseClause({ kind: "filter", field, operator, value: operands[0] }, at);
}
