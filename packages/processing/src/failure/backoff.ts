import { checkedInteger } from "../subscription/checked-integer.ts";

/** How long to wait before each further try. */
export interface Backoff {
  readonly kind: "exponential";
  readonly firstMs: number;
  readonly longestMs: number;
}

const LONGEST = 86_400_000;

/**
 * Waits that double from the first to the longest, in milliseconds. Each is shortened at random by up to a half, so that tries that
 * failed together are not repeated together.
 *
 * @throws `TypeError` or `RangeError` when a number is not an integer from 0 to a day, or the longest is below the first.
 *
 * @example
 * ```ts
 * exponentialBackoff({ firstMs: 100, longestMs: 30_000 }); // about 100, 200, 400 … 30,000
 * ```
 */
export function exponentialBackoff(options: { readonly firstMs: number; readonly longestMs: number }): Backoff {
  const firstMs = checkedInteger("firstMs", options?.firstMs, { from: 0, to: LONGEST });
  const longestMs = checkedInteger("longestMs", options.longestMs, { from: firstMs, to: LONGEST });
  return Object.freeze({ kind: "exponential", firstMs, longestMs });
}

/** The wait before a further try, in milliseconds. */
export function backoffMs({ firstMs, longestMs }: Backoff, failures: number): number {
  const longest = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return longest / 2 + (Math.random() * longest) / 2;
}
