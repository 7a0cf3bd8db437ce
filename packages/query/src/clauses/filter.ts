import type { FunctionCall } from "../functions/function-call.ts";
import type { Scalar } from "../functions/query-function.ts";
import { root } from "../parse/location.ts";
import { parseClause } from "../parse/parse-clause.ts";
import type { Path, PathSegment } from "../paths/path.ts";
import type { CheckedPath } from "../paths/path-types.ts";
import type { Clause, FilterClause, WrittenClause } from "./clause.ts";
import type { FieldValue } from "./field-value.ts";
import type { ComparisonNeed, IsOpen, Kept } from "./kept.ts";
import type { Operands, Operator } from "./operator.ts";

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
  TNeed = unknown,
  TOperator extends Operator = Operator,
  const TOperands extends Operands<FieldValue<never, NoInfer<TPath>, NoInfer<TResult>>, TOperator> = never,
>(
  field:
    | CheckedPath<NoInfer<TDocument>, TPath>
    | FunctionCall<TDocument, TResult>
    | Kept<FunctionCall<unknown, TResult>, TNeed>,
  operator: TOperator,
  ...operands: IsOpen<TDocument> extends true
    ? TOperands
    : Operands<FieldValue<NoInfer<TDocument>, NoInfer<TPath>, NoInfer<TResult>>, NoInfer<TOperator>>
): WrittenClause<
  TDocument,
  FilterClause<unknown>,
  [TResult] extends [never] ? ComparisonNeed<TPath, TOperator, TOperands> : TNeed
>;
export function filter(field: unknown, operator: Operator, ...operands: readonly unknown[]): Clause {
  const at = root("filter");
  if (operands.length === 0) return parseClause({ kind: "filter", field, operator }, at);
  return parseClause({ kind: "filter", field, operator, value: operands[0] }, at);
}
