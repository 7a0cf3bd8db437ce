import { InvalidArgumentError } from "commander";

/**
 * Reads a whole number of at least 1.
 *
 * @throws commander's `InvalidArgumentError` for anything else.
 */
export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError("A whole number of at least 1 is wanted.");
}
