/** The earliest time an event may carry, in epoch milliseconds: 0001-01-01T00:00:00.000Z. */
export const EARLIEST_EVENT_TIME_MS = -62_135_596_800_000;

/** The latest time an event may carry, in epoch milliseconds: 9999-12-31T23:59:59.999Z. */
export const LATEST_EVENT_TIME_MS = 253_402_300_799_999;

/**
 * The epoch milliseconds of a `Date` of any realm.
 *
 * @returns `undefined` when the value is not a `Date`, is an invalid one, or lies outside the years 1 to 9999.
 *
 * @example
 * ```ts
 * eventTimeMs(new Date(0)); // 0
 * eventTimeMs(new Date(Number.NaN)); // undefined
 * ```
 */
export function eventTimeMs(value: unknown): number | undefined {
  try {
    const ms = Date.prototype.getTime.call(value);
    return ms >= EARLIEST_EVENT_TIME_MS && ms <= LATEST_EVENT_TIME_MS ? ms : undefined;
  } catch {
    return undefined; // `getTime` throws for everything that is not a Date, whatever it pretends to be.
  }
}
