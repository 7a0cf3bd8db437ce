import { characterKinds } from "./character-kinds.ts";
import type { RegexNode } from "./regex-tree.ts";

/**
 * What a regular expression costs the slowest engine, PostgreSQL's: how many arcs its automaton has once what can be
 * left out is removed, and its counts are written out.
 *
 * PostgreSQL links each place where a character was read to every place where the next one may be, once for every kind
 * of character. `(?:a?){n}` has n²/2 links, and the time goes with the power of 1.5 of their number. A link weighs
 * three more than its kinds: at an equal number of arcs, links of one kind cost up to four times those of many.
 *
 * @returns about 8 for each plain character of a pattern.
 */
export function regexCost(tree: RegexNode): number {
  const kindsOf = characterKinds(tree);
  return automatonOf(tree, (node) => LINK_COST + kindsOf(node)).cost;
}

const LINK_COST = 3;

/** What matters of the automaton of a part when it is linked with others. */
interface Automaton {
  /** At how many places it can begin. */
  readonly starts: number;
  /** What all the characters cost that it can end with. */
  readonly ends: number;
  readonly canBeEmpty: boolean;
  readonly cost: number;
}

const EMPTY: Automaton = { starts: 0, ends: 0, canBeEmpty: true, cost: 0 };

function automatonOf(node: RegexNode, costOf: (node: RegexNode) => number): Automaton {
  switch (node.kind) {
    case "empty":
      return EMPTY;
    case "sequence":
      return node.nodes.map((inner) => automatonOf(inner, costOf)).reduce(followed, EMPTY);
    case "choice":
      return node.nodes.map((inner) => automatonOf(inner, costOf)).reduce(either);
    case "repeat":
      return repeated(automatonOf(node.node, costOf), node);
    default: {
      const cost = costOf(node);
      return { starts: 1, ends: cost, canBeEmpty: false, cost };
    }
  }
}

function followed(first: Automaton, second: Automaton): Automaton {
  return {
    starts: first.starts + (first.canBeEmpty ? second.starts : 0),
    ends: second.ends + (second.canBeEmpty ? first.ends : 0),
    canBeEmpty: first.canBeEmpty && second.canBeEmpty,
    cost: first.cost + second.cost + first.ends * second.starts,
  };
}

/** Alternatives begin at one place together; those with a loop at its beginning have others besides. */
function either(one: Automaton, other: Automaton): Automaton {
  return {
    starts: Math.max(1, one.starts) + Math.max(1, other.starts) - 1,
    ends: one.ends + other.ends,
    canBeEmpty: one.canBeEmpty || other.canBeEmpty,
    cost: one.cost + other.cost,
  };
}

/** As PostgreSQL writes counts out: those that may be left out come first, and a start at any of them goes on to the end. */
function repeated(inner: Automaton, { min, max }: { readonly min: number; readonly max: number | null }): Automaton {
  let all = max === null ? looped(inner, min === 0) : EMPTY;
  for (let count = min; max !== null && count < max; count++) all = { ...followed(all, inner), canBeEmpty: true };
  for (let count = max === null ? 1 : 0; count < min; count++) all = followed(all, inner);
  return all;
}

function looped(inner: Automaton, canBeEmpty: boolean): Automaton {
  return { ...inner, canBeEmpty: inner.canBeEmpty || canBeEmpty, cost: inner.cost + inner.ends * inner.starts };
}
