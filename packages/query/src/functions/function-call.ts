import type { IsOpen, Kept } from "../clauses/kept.ts";
import type { About } from "../document.ts";
import type { Path } from "../paths/path.ts";
import type { Scalar } from "./query-function.ts";

/** What a call passes for one parameter: a path into the document, or a constant. */
export type FunctionArgument = Path | Scalar;

/** A call of a function, as data: it can be used wherever a path can, in a filter or sort. */
export interface FunctionCall<in TDocument = never, out TResult extends Scalar = Scalar> extends About<TDocument> {
  readonly kind: "function";
  /** The name under which the function is registered. */
  readonly name: string;
  /** One for each of its parameters. */
  readonly arguments: readonly FunctionArgument[];
  /** Never present: it tells the compiler what the function returns. */
  readonly result?: TResult;
}

/** A call as it is written: about the documents that are expected, or else with what it needs of documents. */
export type WrittenCall<TDocument, TResult extends Scalar, TNeed> =
  IsOpen<TDocument> extends true ? Kept<FunctionCall<unknown, TResult>, TNeed> : FunctionCall<TDocument, TResult>;
