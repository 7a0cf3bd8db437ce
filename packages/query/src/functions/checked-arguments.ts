import type { CheckedPath } from "../paths/path-types.ts";
import type { ParameterKind, ResultKind, ScalarOfKind } from "./query-function.ts";

/** What must be written for each parameter: a path that the document has, or a constant of the type. */
export type CheckedArguments<TDocument, TParameters extends readonly ParameterKind[], TPaths> = {
  readonly [I in keyof TParameters]: TParameters[I] extends ResultKind
    ? ScalarOfKind[TParameters[I]]
    : I extends keyof TPaths
      ? CheckedPath<TDocument, TPaths[I]>
      : never;
};
