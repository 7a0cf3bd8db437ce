import type { ArgumentsNeed } from "../clauses/kept.ts";
import { below, root } from "../parse/location.ts";
import { parseFunctionCall } from "../parse/parse-function-call.ts";
import { parsePath } from "../parse/parse-path.ts";
import type { Path, PathSegment } from "../paths/path.ts";
import type { CheckedArguments } from "./checked-arguments.ts";
import type { FunctionCall, WrittenCall } from "./function-call.ts";
import type {
  AnyQueryFunction,
  ParameterKind,
  QueryFunction,
  ResultKind,
  Scalar,
  ScalarOfKind,
} from "./query-function.ts";

/** What may be written for a parameter: a path, dotted or not, or a constant. */
export type WrittenArgument = Scalar | Path<readonly PathSegment[]>;

/**
 * A call of a function of your own.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when the arguments do not fit the function's parameters.
 *
 * @example
 * ```ts
 * sortBy(call(wordCount, "state.title"), "desc");
 * ```
 */
export function call<
  TDocument = never,
  const TParameters extends readonly ParameterKind[] = readonly ParameterKind[],
  TResult extends ResultKind = ResultKind,
  const TArguments extends readonly WrittenArgument[] = readonly WrittenArgument[],
>(
  definition: QueryFunction<TParameters, TResult>,
  ...values: TArguments & CheckedArguments<NoInfer<TDocument>, NoInfer<TParameters>, TArguments>
): WrittenCall<TDocument, ScalarOfKind[TResult], ArgumentsNeed<TParameters, TArguments>>;
export function call(definition: AnyQueryFunction, ...values: readonly unknown[]): FunctionCall<unknown, never> {
  return callOf(definition, values);
}

/** A call of a function, with arguments that the compiler has checked or does not know. */
export function callOf(definition: AnyQueryFunction, values: readonly unknown[]): FunctionCall<unknown, never> {
  const at = root("call");
  const given = values.map((value, index) =>
    definition.parameters[index] === "path" ? parsePath(value, below(at, index)) : value,
  );
  return parseFunctionCall({ kind: "function", name: definition.name, arguments: given }, at, [definition]);
}
