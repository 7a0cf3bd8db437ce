/** The least and the greatest value of an option. */
export interface IntegerRange {
  readonly from: number;
  readonly to: number;
}

/** @throws `TypeError` when it is not a number, `RangeError` when it is fractional or out of its range. */
export function checkedInteger(what: string, value: unknown, { from, to }: IntegerRange): number {
  if (typeof value !== "number") throw new TypeError(`${what} must be a number, got ${typeof value}.`);
  if (Number.isSafeInteger(value) && value >= from && value <= to) return value;
  throw new RangeError(`${what} must be an integer from ${from} to ${to}, got ${value}.`);
}
