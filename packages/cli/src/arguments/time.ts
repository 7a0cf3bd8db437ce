import { InvalidArgumentError } from "commander";

const TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?)?$/i;
const AGO = /^(\d{1,9})(s|m|h|d)$/;
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** How times are written. */
export const TIME_USAGE = "2026-01-31, 2026-01-31T12:00Z, or 90s, 15m, 2h, 7d ago; in UTC unless it says otherwise";

/**
 * Reads a date, a time, or how long ago it was.
 *
 * @throws commander's `InvalidArgumentError` for anything else.
 *
 * @example
 * ```ts
 * parseTime("2026-01-31T12:00Z");
 * parseTime("15m"); // a quarter of an hour ago
 * ```
 */
export function parseTime(text: string): Date {
  const time = ago(text) ?? instant(text);
  const year = time?.getUTCFullYear() ?? 0;
  if (time !== undefined && year >= 1 && year <= 9999) return time;
  throw new InvalidArgumentError(`A time is written ${TIME_USAGE}.`);
}

function ago(text: string): Date | undefined {
  const [, amount, unit] = AGO.exec(text) ?? [];
  return unit === undefined ? undefined : new Date(Date.now() - Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]);
}

function instant(text: string): Date | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const hasZone = match[1] !== undefined || text.length === "2026-01-31".length;
  const time = new Date(`${text.replace(" ", "T")}${hasZone ? "" : "Z"}`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
