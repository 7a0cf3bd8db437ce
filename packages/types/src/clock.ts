/**
 * Where the time comes from. Pass your own to make time stand still in a test.
 *
 * @example
 * ```ts
 * const noon: Clock = { now: () => new Date("2026-01-01T12:00:00.000Z") };
 * ```
 */
export interface Clock {
  /** The present instant. */
  now(): Date;
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => new Date() };
