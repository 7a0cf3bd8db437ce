const MS_PER_DAY = 86_400_000;

/** `00` to `99`. */
const TWO_DIGITS = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, "0"));

const latest = { day: Number.NaN, text: "no day yet" };

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

/** The time whose text this is, exactly as {@link printTime} writes it; `undefined` if it is the text of none. */
export function parsePrintedTime(text: string): number | undefined {
  if (text.length === PRINTED_LENGTH && text.startsWith(latest.text)) return timeOfLatestDay(text);
  const timeMs = Date.parse(text);
  return !Number.isNaN(timeMs) && printTime(timeMs) === text ? timeMs : undefined;
}

const PRINTED_LENGTH = "2026-12-01T10:20:30.456Z".length;

/** To leave this to `Date.parse` took four times as long. */
function timeOfLatestDay(text: string): number | undefined {
  const [hours, minutes, seconds] = [twoDigitsAt(text, 11), twoDigitsAt(text, 14), twoDigitsAt(text, 17)];
  const ms = twoDigitsAt(text, 20) * 10 + digitAt(text, 22);
  const isInDay = hours < 24 && minutes < 60 && seconds < 60 && ms < 1_000; // none is NaN
  if (!isInDay || text[13] !== ":" || text[16] !== ":" || text[19] !== "." || text[23] !== "Z") return undefined;
  return latest.day * MS_PER_DAY + ((hours * 60 + minutes) * 60 + seconds) * 1_000 + ms;
}

function twoDigitsAt(text: string, at: number): number {
  return digitAt(text, at) * 10 + digitAt(text, at + 1);
}

function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - 48;
  return digit >= 0 && digit <= 9 ? digit : Number.NaN;
}
