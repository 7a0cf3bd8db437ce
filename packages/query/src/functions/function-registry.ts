import { foldedFunction } from "./folded-function.ts";
import type { AnyQueryFunction } from "./query-function.ts";
import { similarityFunction } from "./similarity-function.ts";

/** The functions that queries may call, by name. */
export type QueryFunctions = ReadonlyMap<string, AnyQueryFunction>;

/**
 * The functions that queries may call: those of the library (`similarity`, `folded`) and your own.
 *
 * @throws `TypeError` when two have the same name.
 *
 * @example
 * ```ts
 * const functions = queryFunctions(wordCount);
 * parseQuery(JSON.parse(body), { functions });
 * ```
 */
export function queryFunctions(...own: readonly AnyQueryFunction[]): QueryFunctions {
  const functions = new Map<string, AnyQueryFunction>();
  for (const definition of [similarityFunction, foldedFunction, ...own]) {
    if (functions.has(definition.name)) throw new TypeError(`Two functions are called ${definition.name}.`);
    functions.set(definition.name, definition);
  }
  return functions;
}

/** The functions of the library alone. */
export const BUILT_IN_FUNCTIONS: QueryFunctions = queryFunctions();
