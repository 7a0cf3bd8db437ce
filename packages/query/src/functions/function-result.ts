import type { AnyQueryFunction, Scalar } from "./query-function.ts";

/**
 * The result of a function, checked against its declaration. Adapters that compute functions in JavaScript check every
 * result: one of another kind, or one that JSON cannot carry to a database and back, would be found and ordered
 * differently by each.
 *
 * @throws `TypeError` when it is neither `null` nor of the declared kind; for a number that is not finite; for a string that is
 * not well-formed or holds U+0000.
 *
 * @example
 * ```ts
 * const count = functionResult(wordCount, wordCount.evaluate("two words"));
 * ```
 */
export function functionResult({ name, result }: AnyQueryFunction, value: unknown): Scalar | null {
  if (value === null) return null;
  if (typeof value === result && isPortable(value)) return value as Scalar;
  throw new TypeError(`The function ${name} must return a ${result} or null, but returned ${shown(value)}.`);
}

function isPortable(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "string" || (value.isWellFormed() && !value.includes("\0"));
}

function shown(value: unknown): string {
  if (typeof value === "string") return `the string ${JSON.stringify(value)}`;
  if (typeof value === "object" || typeof value === "function") return Object.prototype.toString.call(value);
  return String(value);
}
