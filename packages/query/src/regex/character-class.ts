import type { CodePointRange } from "./regex-tree.ts";

const LAST = 0x10ffff;

function range(from: number, to: number = from): CodePointRange {
  return { from, to };
}

const DIGITS = [range(0x30, 0x39)];
const WORDS = [range(0x30, 0x39), range(0x41, 0x5a), range(0x5f), range(0x61, 0x7a)];

/** What ECMAScript calls white space and line ends, whatever a database's locale thinks. */
const SPACES = [
  range(0x09, 0x0d),
  range(0x20),
  range(0xa0),
  range(0x1680),
  range(0x2000, 0x200a),
  range(0x2028, 0x2029),
  range(0x202f),
  range(0x205f),
  range(0x3000),
  range(0xfeff),
];

/** The ranges of `\d`, `\w`, `\s` and of their complements, by the letter after the backslash. */
export const CLASS_ESCAPES: ReadonlyMap<string, readonly CodePointRange[]> = new Map([
  ["d", DIGITS],
  ["D", complementOf(DIGITS)],
  ["w", WORDS],
  ["W", complementOf(WORDS)],
  ["s", SPACES],
  ["S", complementOf(SPACES)],
]);

/** Sorts ranges and joins those that touch. */
export function joined(ranges: readonly CodePointRange[]): readonly CodePointRange[] {
  const result: CodePointRange[] = [];
  for (const next of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || next.from > last.to + 1) result.push(next);
    else result[result.length - 1] = range(last.from, Math.max(last.to, next.to));
  }
  return result;
}

/** All other code points; ranges must be sorted and apart. NUL is left out: no text of ours has it. */
export function complementOf(ranges: readonly CodePointRange[]): readonly CodePointRange[] {
  const starts = [1, ...ranges.map(({ to }) => to + 1)];
  const ends = [...ranges.map(({ from }) => from - 1), LAST];
  return starts.map((from, index) => range(from, ends[index])).filter(({ from, to }) => from <= to);
}
