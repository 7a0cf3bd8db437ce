import { below, root } from "../parse/location.ts";
import { parseFunctionCall } from "../parse/parse-function-call.ts";
import { parsePath } from "../parse/parse-path.ts";
import type { Path, PathSegment } from "../paths/path.ts";
import type { CheckedPath } from "../paths/path-types.ts";
import type { FunctionCall } from "./function-call.ts";
import type { ParameterKind, QueryFunction, ResultKind, Scalar, ScalarOfKind } from "./query-function.ts";

/** What may be written for a parameter: a path, dotted or not, or a constant. */
export type WrittenArgument = Scalar | Path<readonly PathSegment[]>;

/** What must be written for each parameter: a path that the document has, or a constant of the type. */
export type CheckedArguments<TDocument, TParameters extends readonly ParameterKind[], TPaths> = {
  readonly [I in keyof TParameters]: TParameters[I] extends ResultKind
    ? ScalarOfKind[TParameters[I]]
    : I extends keyof TPaths
      ? CheckedPath<TDocument, TPaths[I]>
      : never;
};

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
): FunctionCall<TDocument, ScalarOfKind[TResult]> {
  const at = root("call");
  const given = values.map((value, index) =>
    definition.parameters[index] === "path" ? parsePath(value, below(at, index)) : value,
  );
  return parseFunctionCall({ kind: "function", name: definition.name, arguments: given }, at, [definition]);
}
