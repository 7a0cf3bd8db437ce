import { complementOf, joined } from "./character-class.ts";
import type { Escape } from "./parse-escape.ts";
import { parseEscape } from "./parse-escape.ts";
import type { PatternReader } from "./pattern-reader.ts";
import type { CodePointRange, RegexSet } from "./regex-tree.ts";

/** Reads a set such as `[^a-z\d]`; the reader is after its opening bracket. */
export function parseSet(reader: PatternReader): RegexSet {
  const isNegated = reader.takeIf("^");
  if (reader.ahead === "]") reader.refuse("a set must not be empty; write \\] for a bracket");
  const ranges: CodePointRange[] = [];
  for (let isFirst = true; !reader.takeIf("]"); isFirst = false) ranges.push(...parseItem(reader, isFirst));
  return setOf(isNegated, joined(ranges), reader);
}

/** A set that no code point is outside of is written the other way round: no dialect has an empty one. */
function setOf(isNegated: boolean, ranges: readonly CodePointRange[], reader: PatternReader): RegexSet {
  if (isNegated && complementOf(ranges).length === 0) return reader.refuse("the set matches no character");
  return { kind: "set", isNegated, ranges };
}

function parseItem(reader: PatternReader, isFirst: boolean): readonly CodePointRange[] {
  const from = parseBound(reader, isFirst);
  if (typeof from !== "number") return from;
  if (reader.sees("-]") || !reader.takeIf("-")) return [{ from, to: from }];
  const to = parseBound(reader, false);
  if (typeof to !== "number") return reader.refuse("a range must begin and end with single characters");
  if (to < from) return reader.refuse("the range is out of order");
  return [{ from, to }];
}

/** A hyphen means itself only if it is first or last; an opening bracket never does, because it could begin `[:alpha:]`. */
function parseBound(reader: PatternReader, isFirst: boolean): Escape {
  if (reader.ahead === "\\") return parseEscape(reader, { inSet: true });
  if (reader.ahead === "[") return reader.refuse("write \\[ for a bracket in a set");
  if (reader.ahead === "-" && !isFirst && !reader.sees("-]")) return reader.refuse("write \\- for a hyphen in a set");
  return reader.take().codePointAt(0) ?? reader.refuse("the set is not closed");
}
