import type { JsonValue } from "@eventfold/types";

/**
 * A JSON value that is neither an object nor an array nor `null`: what can be compared by order, and what functions yield.
 */
export type Scalar = string | number | boolean;

/** What a function takes at one place: a path into the document, or a constant of a type. */
export type ParameterKind = "path" | "string" | "number" | "boolean";

/** What a function yields when it does not yield `null`. */
export type ResultKind = "string" | "number" | "boolean";

/** The types that the kinds of parameters and results stand for. */
export interface ScalarOfKind {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
}

/** What a function's `evaluate` is given: what the paths found (`null` where nothing), and the constants. */
export type ParameterValues<TParameters extends readonly ParameterKind[]> = {
  readonly [I in keyof TParameters]: TParameters[I] extends ResultKind ? ScalarOfKind[TParameters[I]] : JsonValue;
};

/**
 * A function of a document that queries can filter and sort by. This is its meaning. Adapters that compute in
 * JavaScript run it; others are opened with its translation too (`functionInSql` for PostgreSQL), which must agree with
 * it on every value.
 */
export interface QueryFunction<
  TParameters extends readonly ParameterKind[] = readonly ParameterKind[],
  TResult extends ResultKind = ResultKind,
> {
  /** What queries call it by: a lower-case identifier of at most 63 characters. */
  readonly name: string;
  /** What it takes, in order; at most 16. */
  readonly parameters: TParameters;
  /** What it yields. */
  readonly result: TResult;
  /**
   * Computes it. It must depend on the values alone and never throw for JSON values; `null` is a missing value. A
   * number must be finite, a string well-formed and without U+0000; anything else fails the query with a `TypeError`.
   */
  evaluate(...values: ParameterValues<TParameters>): ScalarOfKind[TResult] | null;
}

/** A {@link QueryFunction} of any parameters. */
export interface AnyQueryFunction {
  /** What queries call it by. */
  readonly name: string;
  /** What it takes, in order. */
  readonly parameters: readonly ParameterKind[];
  /** What it yields. */
  readonly result: ResultKind;
  /** Computes it. */
  evaluate(...values: never): Scalar | null;
}

const NAME = /^[a-z][a-z0-9_]{0,62}$/;

/**
 * Defines a function of your own, frozen. Register it by opening the adapter with it (`functions`); `parseQuery` takes
 * the adapter's `functions`.
 *
 * @throws `TypeError` when the name is no lower-case identifier of at most 63 characters.
 *
 * @example
 * ```ts
 * const wordCount = defineFunction({
 *   name: "word_count",
 *   parameters: ["path"],
 *   result: "number",
 *   evaluate: (text) => (typeof text === "string" ? text.split(" ").length : null),
 * });
 * filter(call(wordCount, "state.title"), "greater_than", 3);
 * ```
 */
export function defineFunction<const TParameters extends readonly ParameterKind[], TResult extends ResultKind>(
  definition: QueryFunction<TParameters, TResult>,
): QueryFunction<TParameters, TResult> {
  if (!NAME.test(definition.name)) {
    throw new TypeError(
      `A function's name must be a lower-case identifier of at most 63 characters, got ${JSON.stringify(definition.name)}.`,
    );
  }
  return Object.freeze({ ...definition, parameters: Object.freeze([...definition.parameters]) as never });
}
