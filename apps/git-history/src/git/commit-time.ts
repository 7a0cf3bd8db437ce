const EARLIEST_MS = Date.parse("0001-01-01T00:00:00.000Z");
const LATEST_MS = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * The time of a commit from the seconds since 1970 that git prints.
 *
 * Git keeps any number there, and an event a time of the years 1 to 9999: what lies outside is moved to the nearer end of
 * that range, so that the order of times is kept.
 *
 * @returns `undefined` when the text is not a number, which is how git prints a date that it cannot read.
 *
 * @example
 * ```ts
 * commitTime("0"); // 1970-01-01T00:00:00.000Z
 * commitTime("99999999999999"); // 9999-12-31T23:59:59.999Z
 * ```
 */
export function commitTime(seconds: string): Date | undefined {
  if (!/^-?\d+$/.test(seconds)) return undefined;
  return new Date(Math.min(Math.max(Number(seconds) * 1000, EARLIEST_MS), LATEST_MS));
}
