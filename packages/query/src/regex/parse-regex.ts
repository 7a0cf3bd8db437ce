import { MAX_REGEX_COST, MAX_REGEX_DEPTH, MAX_REGEX_LENGTH, MAX_REGEX_REPEAT, MAX_REGEX_SIZE } from "../limits.ts";
import { parseEscape } from "./parse-escape.ts";
import { parseSet } from "./parse-set.ts";
import { PatternReader } from "./pattern-reader.ts";
import { regexCost } from "./regex-cost.ts";
import { sizeOf } from "./regex-size.ts";
import type { Regex, RegexNode } from "./regex-tree.ts";

/**
 * Reads a regular expression of the subset that ECMAScript (flags `u` and `s`) and PostgreSQL's ARE agree on:
 *
 * characters, `.`, sets `[a-z]` and `[^a-z]`, `(…)` and `(?:…)`, `|`, `^` and `$` (of the whole text), `*` `+` `?`
 * `{n}` `{n,}` `{n,m}` and their lazy forms, the escapes `\d \D \w \W \s \S \t \n \v \f \r \uXXXX`, and escaped
 * punctuation. `\d` and `\w` are of ASCII, `\s` is ECMAScript's.
 *
 * At most 1,000 UTF-16 units, groups 50 deep, counts up to 255, and 1,000 characters once counts are written out. `^` has
 * nothing before it, `$` nothing behind it, and neither is repeated. What would cost PostgreSQL more than about a tenth of a
 * second is refused on every adapter: long repetitions of what can be empty, as in `(a?){200}`; `a{0,200}` is cheap.
 *
 * @param path - where in a query the pattern is, for the error.
 * @throws `UnsupportedRegexError` (`UNSUPPORTED_REGEX`) for anything else: look-around, back-references, named groups,
 * flags, `\b`, `[[:alpha:]]`.
 *
 * @example
 * ```ts
 * parseRegex("^ab?$").tree.kind; // "sequence"
 * ```
 */
export function parseRegex(pattern: string, path = ""): Regex {
  const reader = new PatternReader(pattern, path);
  if (pattern.length > MAX_REGEX_LENGTH) reader.refuse(`it is longer than ${MAX_REGEX_LENGTH}`);
  if (!pattern.isWellFormed() || pattern.includes("\0")) reader.refuse("it has a lone surrogate or a NUL character");
  const tree = parseChoice(reader, 0);
  if (reader.ahead !== "") reader.refuse("write \\) for a bracket that closes no group");
  if (sizeOf(tree) > MAX_REGEX_SIZE) reader.refuse(`written out, its repetitions are longer than ${MAX_REGEX_SIZE}`);
  if (regexCost(tree) > MAX_REGEX_COST) reader.refuse(TOO_COSTLY);
  return { pattern, tree };
}

const TOO_COSTLY =
  "it can match in too many ways; repeat less of what can be empty (a{0,9} instead of (a?){9}), or use fewer different characters";

function parseChoice(reader: PatternReader, depth: number): RegexNode {
  const nodes = [parseSequence(reader, depth)];
  while (reader.takeIf("|")) nodes.push(parseSequence(reader, depth));
  return oneOr(nodes, { kind: "choice", nodes });
}

function parseSequence(reader: PatternReader, depth: number): RegexNode {
  const nodes: RegexNode[] = [];
  while (reader.ahead !== "" && reader.ahead !== "|" && reader.ahead !== ")") {
    const hasEnd = nodes.some((node) => hasAnchor(node, "end"));
    const node = parseRepeat(reader, depth);
    if (hasEnd) reader.refuse("nothing can follow $, the end of the text");
    if (nodes.length > 0 && hasAnchor(node, "start")) reader.refuse("nothing can precede ^, the start of the text");
    nodes.push(node);
  }
  return nodes.length === 0 ? { kind: "empty" } : oneOr(nodes, { kind: "sequence", nodes });
}

function oneOr(nodes: readonly RegexNode[], all: RegexNode): RegexNode {
  const [first] = nodes;
  return nodes.length === 1 && first !== undefined ? first : all;
}

const COUNT = /\{([0-9]{1,4})(,([0-9]{1,4})?)?\}/y;

function parseRepeat(reader: PatternReader, depth: number): RegexNode {
  const node = parseAtom(reader, depth);
  const counts = parseCounts(reader);
  if (counts === undefined) return node;
  if (hasAnchor(node, "start") || hasAnchor(node, "end")) {
    reader.refuse("an anchor cannot be repeated, not even in a group");
  }
  reader.takeIf("?"); // Lazy or greedy: which characters match may differ, whether they match does not.
  if (parseCounts(reader) !== undefined) reader.refuse("a repetition cannot be repeated; put it into a group");
  return { kind: "repeat", node, ...counts };
}

interface Counts {
  readonly min: number;
  readonly max: number | null;
}

function parseCounts(reader: PatternReader): Counts | undefined {
  if (reader.takeIf("*")) return { min: 0, max: null };
  if (reader.takeIf("+")) return { min: 1, max: null };
  if (reader.takeIf("?")) return { min: 0, max: 1 };
  const match = reader.takeMatch(COUNT);
  if (match === null) return undefined;
  const min = Number(match[1]);
  const max = match[2] === undefined ? min : match[3] === undefined ? null : Number(match[3]);
  if (min > MAX_REGEX_REPEAT || (max ?? 0) > MAX_REGEX_REPEAT)
    reader.refuse(`a count must be at most ${MAX_REGEX_REPEAT}`);
  if (max !== null && max < min) reader.refuse("the counts are out of order");
  return { min, max };
}

function parseAtom(reader: PatternReader, depth: number): RegexNode {
  if (reader.ahead === "\\") return parseEscapedAtom(reader);
  if (reader.ahead === "(") return parseGroup(reader, depth);
  if ("*+?{}]".includes(reader.ahead)) reader.refuse(`write \\${reader.ahead} for the character itself`);
  const character = reader.take();
  switch (character) {
    case ".":
      return { kind: "any" };
    case "^":
      return { kind: "start" };
    case "$":
      return { kind: "end" };
    case "[":
      return parseSet(reader);
    default:
      return { kind: "character", codePoint: character.codePointAt(0) ?? 0 };
  }
}

function parseEscapedAtom(reader: PatternReader): RegexNode {
  const escaped = parseEscape(reader, { inSet: false });
  if (typeof escaped === "number") return { kind: "character", codePoint: escaped };
  return { kind: "set", isNegated: false, ranges: escaped };
}

function parseGroup(reader: PatternReader, depth: number): RegexNode {
  if (depth >= MAX_REGEX_DEPTH) reader.refuse(`groups nest at most ${MAX_REGEX_DEPTH} deep`);
  reader.takeIf("(");
  if (!reader.takeIf("?:") && reader.ahead === "?") {
    reader.refuse("only (…) and (?:…) are supported: no look-around, named groups or flags");
  }
  const node = parseChoice(reader, depth + 1);
  if (!reader.takeIf(")")) reader.refuse("the group is not closed");
  return node;
}

/**
 * Anchors are allowed at the edges only, where they mean something: `(?:^|$|a)` twenty times in a row is more than PostgreSQL's
 * compiler has memory for.
 */
function hasAnchor(node: RegexNode, kind: "start" | "end"): boolean {
  if (node.kind === "sequence" || node.kind === "choice") return node.nodes.some((inner) => hasAnchor(inner, kind));
  return node.kind === kind;
}
