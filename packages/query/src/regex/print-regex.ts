import type { CodePointRange, RegexNode, RegexSet } from "./regex-tree.ts";

/** Whose syntax is printed: ECMAScript with the flags `u` and `s`, RE2 with `s`, or PostgreSQL's ARE. */
export type RegexDialect = "ecmascript" | "re2" | "postgres";

/** How each dialect writes a code point that is not an ASCII letter or digit. */
const ESCAPES: Readonly<Record<RegexDialect, (hex: string) => string>> = {
  ecmascript: (hex) => `\\u{${hex}}`,
  re2: (hex) => `\\x{${hex}}`,
  postgres: (hex) => (hex.length > 4 ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`),
};

const PLAIN = /[A-Za-z0-9]/;

/**
 * Writes a regular expression in a dialect, so that it matches the same texts everywhere: whatever a locale or a flag
 * could change is written out, everything but ASCII letters and digits as an escape.
 *
 * @example
 * ```ts
 * printRegex(parseRegex("\\d.").tree, "postgres"); // "[0-9]."
 * ```
 */
export function printRegex(node: RegexNode, dialect: RegexDialect): string {
  switch (node.kind) {
    case "empty":
      return "(?:)";
    case "any":
      return ".";
    case "start":
      return "^";
    case "end":
      return "$";
    case "character":
      return printCodePoint(node.codePoint, dialect);
    case "set":
      return printSet(node, dialect);
    case "sequence":
      return node.nodes.map((inner) => inSequence(inner, dialect)).join("");
    case "choice":
      return node.nodes.map((inner) => printRegex(inner, dialect)).join("|");
    case "repeat":
      return `${repeatable(node.node, dialect)}${printCounts(node.min, node.max)}`;
  }
}

function inSequence(node: RegexNode, dialect: RegexDialect): string {
  const text = printRegex(node, dialect);
  return node.kind === "choice" ? `(?:${text})` : text;
}

function repeatable(node: RegexNode, dialect: RegexDialect): string {
  const text = printRegex(node, dialect);
  return node.kind === "character" || node.kind === "set" || node.kind === "any" ? text : `(?:${text})`;
}

function printCounts(min: number, max: number | null): string {
  if (max === null) return min === 0 ? "*" : min === 1 ? "+" : `{${min},}`;
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function printSet({ isNegated, ranges }: RegexSet, dialect: RegexDialect): string {
  return `[${isNegated ? "^" : ""}${ranges.map((range) => printRange(range, dialect)).join("")}]`;
}

function printRange({ from, to }: CodePointRange, dialect: RegexDialect): string {
  const first = printCodePoint(from, dialect);
  return from === to ? first : `${first}-${printCodePoint(to, dialect)}`;
}

function printCodePoint(codePoint: number, dialect: RegexDialect): string {
  const character = String.fromCodePoint(codePoint);
  return PLAIN.test(character) ? character : ESCAPES[dialect](codePoint.toString(16).toUpperCase());
}
