import { defineFunction } from "./query-function.ts";
import { trigramsOf } from "./trigrams.ts";

/**
 * How alike two texts are: the trigrams they share, divided by all that either has; 0 when either has none.
 *
 * The quotient is rounded to single precision, as `pg_trgm` returns a `real`; the number is that `real` widened to a
 * double, on every adapter alike. So ¹⁄₃ is 0.3333333432674408: compare with `greater_than`, not with `equal`.
 *
 * @returns a number from 0 to 1.
 *
 * @example
 * ```ts
 * similarityOf("ab", "abc"); // 0.4000000059604645
 * ```
 */
export function similarityOf(left: string, right: string): number {
  return similarityOfTrigrams(trigramsOf(left), trigramsOf(right));
}

function similarityOfTrigrams(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  if (left.size + right.size === 0) return 0;
  let shared = 0;
  for (const trigram of left) if (right.has(trigram)) shared++;
  return Math.fround(shared / (left.size + right.size - shared));
}

/** The function that {@link similarity} calls: `null` for what is not a string. */
export const similarityFunction = defineFunction({
  name: "similarity",
  parameters: ["path", "string"],
  result: "number",
  evaluate: (value, text) => (typeof value === "string" ? similarityOf(value, text) : null),
});
