/**
 * A bound that was given as an option, once checked.
 *
 * @throws `RangeError` when it is not an integer of 0 or more.
 */
export function checkedBound(name: string, bound: number): number {
  if (Number.isSafeInteger(bound) && bound >= 0) return bound;
  throw new RangeError(`\`${name}\` must be a sequence number, an integer of 0 or more, got ${bound}.`);
}

/** The bound of those who have none: the highest sequence number that still has one above it. */
export const NO_BOUND = Number.MAX_SAFE_INTEGER - 1;
