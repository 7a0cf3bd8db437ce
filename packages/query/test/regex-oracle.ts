import type { RegexNode } from "../src/index.ts";

/** Where a match may have got to, in code points. */
type Places = ReadonlySet<number>;

/** Whether a regular expression matches somewhere in a text, by its definition: slow, and too simple to be wrong. */
export function oracleMatches(tree: RegexNode, text: string): boolean {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const everywhere = new Set(Array.from({ length: characters.length + 1 }, (_, index) => index));
  return reached(tree, everywhere, characters).size > 0;
}

function reached(node: RegexNode, from: Places, text: readonly number[]): Places {
  switch (node.kind) {
    case "empty":
      return from;
    case "start":
      return new Set([...from].filter((place) => place === 0));
    case "end":
      return new Set([...from].filter((place) => place === text.length));
    case "sequence":
      return node.nodes.reduce((places, inner) => reached(inner, places, text), from);
    case "choice":
      return new Set(node.nodes.flatMap((inner) => [...reached(inner, from, text)]));
    case "repeat":
      return repeated(node, from, text);
    default:
      return new Set(
        [...from].filter((place) => place < text.length && accepts(node, text[place] ?? 0)).map((p) => p + 1),
      );
  }
}

function repeated({ node, min, max }: RegexNode & { kind: "repeat" }, from: Places, text: readonly number[]): Places {
  let places = from;
  for (let round = 0; round < min; round++) places = reached(node, places, text);
  const all = new Set(places);
  for (let round = min; max === null || round < max; round++) {
    const known = all.size;
    places = reached(node, places, text);
    for (const place of places) all.add(place);
    if (all.size === known) break; // What was reached before leads only where it led before.
  }
  return all;
}

function accepts(node: RegexNode, codePoint: number): boolean {
  if (node.kind === "any") return true;
  if (node.kind === "character") return node.codePoint === codePoint;
  if (node.kind !== "set") return false;
  return node.ranges.some(({ from, to }) => from <= codePoint && codePoint <= to) !== node.isNegated;
}
