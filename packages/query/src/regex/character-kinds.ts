import type { CodePointRange, RegexNode } from "./regex-tree.ts";

/**
 * Counts the kinds of characters that parts of a regular expression accept. Two characters are of one kind when no part
 * of the whole expression tells them apart: `[a-z]x` has two kinds, `x` and what else is in `[a-z]`, besides all that
 * matches neither.
 *
 * @returns 1 for what is not a set: a character, and `.`, which PostgreSQL has as one kind of its own.
 */
export function characterKinds(tree: RegexNode): (node: RegexNode) => number {
  const sets = [...new Map(rangesIn(tree).map((ranges) => [JSON.stringify(ranges), ranges])).values()];
  const bounds = new Set(sets.flatMap((ranges) => ranges.flatMap(({ from, to }) => [from, to + 1])));
  const representatives = new Map([0, ...bounds].map((point) => [kindOf(point, sets), point]));
  const count = (ranges: readonly CodePointRange[]) =>
    [...representatives.values()].filter((point) => isWithin(ranges, point)).length;
  return (node) => {
    if (node.kind !== "set") return 1;
    return node.isNegated ? representatives.size - count(node.ranges) : count(node.ranges);
  };
}

function rangesIn(node: RegexNode): readonly (readonly CodePointRange[])[] {
  switch (node.kind) {
    case "character":
      return [[{ from: node.codePoint, to: node.codePoint }]];
    case "set":
      return [node.ranges];
    case "repeat":
      return rangesIn(node.node);
    case "sequence":
    case "choice":
      return node.nodes.flatMap(rangesIn);
    default:
      return [];
  }
}

function kindOf(point: number, sets: readonly (readonly CodePointRange[])[]): string {
  return sets.map((ranges) => (isWithin(ranges, point) ? "1" : "0")).join("");
}

function isWithin(ranges: readonly CodePointRange[], point: number): boolean {
  return ranges.some(({ from, to }) => from <= point && point <= to);
}
