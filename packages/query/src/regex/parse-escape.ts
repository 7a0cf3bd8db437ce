import { CLASS_ESCAPES } from "./character-class.ts";
import type { PatternReader } from "./pattern-reader.ts";
import type { CodePointRange } from "./regex-tree.ts";

/** What an escape stands for: one code point, or the ranges of a class such as `\d`. */
export type Escape = number | readonly CodePointRange[];

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ["t", 0x09],
  ["n", 0x0a],
  ["v", 0x0b],
  ["f", 0x0c],
  ["r", 0x0d],
]);
const CLASS_OR_CONTROL = /\\([dDwWsStnvfr])/y;
const PUNCTUATION = /\\([\^$\\.*+?()[\]{}|/])/y;
const HYPHEN = /\\-/y;
const UNICODE = /\\u([0-9A-Fa-f]{4})/y;
const SUPPORTED = String.raw`\d \D \w \W \s \S \t \n \v \f \r \uXXXX and the punctuation of the syntax`;

/** Reads an escape; the reader is at its backslash. In a set, `\-` means a hyphen too. */
export function parseEscape(reader: PatternReader, { inSet }: { readonly inSet: boolean }): Escape {
  const letter = reader.takeMatch(CLASS_OR_CONTROL)?.[1];
  if (letter !== undefined) return CLASS_ESCAPES.get(letter) ?? CONTROLS.get(letter) ?? reader.refuse("unknown escape");
  const punctuation = reader.takeMatch(PUNCTUATION)?.[1];
  if (punctuation !== undefined) return punctuation.charCodeAt(0);
  if (inSet && reader.takeMatch(HYPHEN) !== null) return 0x2d;
  const digits = reader.takeMatch(UNICODE)?.[1];
  if (digits !== undefined) return codePointOf(Number.parseInt(digits, 16), reader);
  return reader.refuse(`this escape is not supported; supported are ${SUPPORTED}`);
}

function codePointOf(codePoint: number, reader: PatternReader): number {
  if (codePoint === 0) return reader.refuse("no text has a NUL character");
  if (codePoint < 0xd800 || codePoint > 0xdfff) return codePoint;
  return reader.refuse("half of a surrogate pair; write the character itself");
}
