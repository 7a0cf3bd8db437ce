/** How deep values may nest for {@link endOfWrittenJson} to be certain of them. */
const MOST_LEVELS = 16;

/** How many members an object may have: each name is compared with those before it. */
const MOST_MEMBERS = 32;

/** How many digits a number may have: so many come back from every number that JavaScript reads them as. */
const MOST_DIGITS = 15;

/** Where names of objects that are being read begin and end, those of inner ones behind those of outer ones. */
const nameStarts = new Uint32Array(MOST_LEVELS * MOST_MEMBERS);
const nameEnds = new Uint32Array(MOST_LEVELS * MOST_MEMBERS);

/**
 * Where the JSON value ends that begins at a place of a text, if it is certain that the library would write it just so: that it is
 * what `JSON.stringify` writes for what `JSON.parse` reads it as, and has nothing in it that a publish refuses. -1 if that is not
 * certain; then the value may still be one.
 *
 * It is certain of what most events have. It is not of characters beyond U+D7FF, `\u` escapes, numbers with exponents or more
 * than 15 digits, names that begin with a digit, objects of more than 32 members, and more than 16 levels. For a payload of 250
 * bytes it takes 0.4 µs; reading and writing it takes 1.9.
 *
 * @example
 * ```ts
 * endOfWrittenJson('{"a":1}', 0); // 7
 * endOfWrittenJson('{"a":1.0}', 0); // -1: the library writes 1
 * ```
 */
export function endOfWrittenJson(text: string, start: number): number {
  return endOfValue(text, start, 0);
}

function endOfValue(text: string, at: number, level: number): number {
  switch (text.charCodeAt(at)) {
    case QUOTE:
      return endOfString(text, at + 1);
    case OPENING_BRACE:
      return text.charCodeAt(at + 1) === CLOSING_BRACE ? at + 2 : endOfMembers(text, at + 1, level);
    case OPENING_BRACKET:
      return text.charCodeAt(at + 1) === CLOSING_BRACKET ? at + 2 : endOfItems(text, at + 1, level);
    case SMALL_T:
      return text.startsWith("true", at) ? at + 4 : -1;
    case SMALL_F:
      return text.startsWith("false", at) ? at + 5 : -1;
    case SMALL_N:
      return text.startsWith("null", at) ? at + 4 : -1;
    default:
      return endOfNumber(text, at);
  }
}

function endOfMembers(text: string, start: number, level: number): number {
  if (level === MOST_LEVELS) return -1;
  const first = level * MOST_MEMBERS;
  let at = start;
  for (let name = first; name < first + MOST_MEMBERS; name++) {
    if (text.charCodeAt(at) !== QUOTE) return -1;
    const end = endOfString(text, at + 1);
    if (end === -1 || text.charCodeAt(end) !== COLON || isDigit(text.charCodeAt(at + 1))) return -1;
    nameStarts[name] = at;
    nameEnds[name] = end;
    if (isRepeated(text, first, name)) return -1;
    at = endOfValue(text, end + 1, level + 1);
    if (at === -1) return -1;
    const next = text.charCodeAt(at);
    at += 1;
    if (next === CLOSING_BRACE) return at;
    if (next !== COMMA) return -1;
  }
  return -1;
}

function endOfItems(text: string, start: number, level: number): number {
  if (level === MOST_LEVELS) return -1;
  let at = start;
  for (;;) {
    at = endOfValue(text, at, level + 1);
    if (at === -1) return -1;
    const next = text.charCodeAt(at);
    at += 1;
    if (next === CLOSING_BRACKET) return at;
    if (next !== COMMA) return -1;
  }
}

/** Whether a name is there already among those of the same object, which are written alike if they are alike. */
function isRepeated(text: string, first: number, name: number): boolean {
  const start = nameStarts[name] as number;
  const length = (nameEnds[name] as number) - start;
  for (let other = first; other < name; other++) {
    const otherStart = nameStarts[other] as number;
    if ((nameEnds[other] as number) - otherStart !== length) continue;
    let same = 0;
    while (same < length && text.charCodeAt(start + same) === text.charCodeAt(otherStart + same)) same += 1;
    if (same === length) return true;
  }
  return false;
}

function endOfString(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at + 1;
    if (unit < SPACE || unit >= FIRST_SURROGATE) return -1;
    if (unit === BACKSLASH) {
      at += 1;
      if (!'"\\nrtbf'.includes(text.charAt(at)) || at === text.length) return -1;
    }
  }
  return -1;
}

function endOfNumber(text: string, start: number): number {
  const isNegative = text.charCodeAt(start) === MINUS;
  const whole = isNegative ? start + 1 : start;
  const point = endOfDigits(text, whole);
  const startsWithZero = text.charCodeAt(whole) === ZERO;
  if (point === whole || (startsWithZero && point > whole + 1)) return -1;
  if (text.charCodeAt(point) !== POINT) {
    return point - whole > MOST_DIGITS || (isNegative && startsWithZero) ? -1 : point;
  }
  const end = endOfDigits(text, point + 1);
  if (end === point + 1 || end - whole > MOST_DIGITS + 1 || text.charCodeAt(end - 1) === ZERO) return -1;
  return startsWithZero && text.startsWith("000000", point + 1) ? -1 : end; // below 1e-6 it has an exponent
}

function endOfDigits(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

function isDigit(unit: number): boolean {
  return unit >= ZERO && unit <= NINE;
}

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const SMALL_F = 0x66;
const SMALL_N = 0x6e;
const SMALL_T = 0x74;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const FIRST_SURROGATE = 0xd800;
