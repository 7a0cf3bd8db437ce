import {
  and,
  type Clause,
  type Field,
  filter,
  folded,
  not,
  or,
  type Path,
  path,
  type SearchQuery,
  type Sort,
  similarity,
  sortBy,
} from "@eventfold/query";
import type { Random } from "../../random/random.ts";
import { EDGE_SCALARS, generatedState, MEMBER_NAMES } from "./generated-state.ts";

const PATTERNS = [
  "a",
  "^a",
  "b$",
  "^$",
  ".",
  "a.b",
  "[a-c]+",
  "[^a]",
  "\\d",
  "\\s",
  "(ab|c)*",
  "^(a|b)?c",
  "\\.",
  "x{3,}",
];
const TOP_LEVEL = ["id", "name", "source", "state", "metadata"] as const;

type AnyFilter = (field: Field<never>, operator: string, ...operands: readonly unknown[]) => Clause;

/**
 * Filters and a sort of any shape, without paging. Their paths lead into the states that `generatedState` makes.
 *
 * @example
 * ```ts
 * const page = await projectionStore.search({ ...generatedQuery(random), paging: keysetPage({ size: 5 }) } as SearchQuery<never>);
 * ```
 */
export function generatedQuery(random: Random): SearchQuery {
  return {
    filters: Array.from({ length: random.integer(0, 2) }, () => generatedClause(random, 3)),
    sort: Array.from({ length: random.integer(0, 3) }, () => generatedSort(random)),
  };
}

function generatedClause(random: Random, depth: number): Clause {
  const clauses = (): Clause[] =>
    Array.from({ length: random.integer(0, 3) }, () => generatedClause(random, depth - 1));
  switch (random.integer(0, depth > 0 ? 7 : 4)) {
    case 5:
      return and(...clauses());
    case 6:
      return or(...clauses());
    case 7:
      return not(generatedClause(random, depth - 1));
    default:
      return generatedFilter(random);
  }
}

/** The compiler checks the operands of a filter against its field, about which it knows nothing here. */
function generatedFilter(random: Random): Clause {
  const field = generatedField(random);
  const build = filter as unknown as AnyFilter;
  const scalar = (): unknown => random.pick(EDGE_SCALARS.filter((value) => value !== null));
  const list = (): unknown[] => Array.from({ length: random.integer(0, 4) }, () => generatedState(random, 1));
  const operands: readonly (readonly [string, () => readonly unknown[]])[] = [
    ...["equal", "not_equal", "contains"].map((name) => [name, () => [generatedState(random, 2)]] as const),
    ...["greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal"].map(
      (name) => [name, () => [scalar()]] as const,
    ),
    ...["in", "not_in"].map((name) => [name, () => [list()]] as const),
    ...["starts_with", "contains_text"].map((name) => [name, () => [String(scalar())]] as const),
    ...["regex_matches", "not_regex_matches"].map((name) => [name, () => [random.pick(PATTERNS)]] as const),
    ["exists", () => []],
  ];
  const [operator, make] = random.pick(operands);
  return build(field, operator, ...make());
}

function generatedSort(random: Random): Sort {
  const field = generatedField(random) as Path;
  return sortBy(field, random.pick(["asc", "desc"]), { nulls: random.pick(["first", "last"]) });
}

function generatedField(random: Random): Field<never> {
  if (random.chance(0.08)) return folded(generatedPath(random));
  if (random.chance(0.08)) return similarity(generatedPath(random), random.pick(["event sourcing", "abc", ""]));
  return generatedPath(random);
}

function generatedPath(random: Random): Path {
  const top = random.chance(0.85) ? "state" : random.pick(TOP_LEVEL);
  if (top === "id" || top === "name") return path.unchecked(top);
  if (top === "source") return path.unchecked("source", ...random.pick([[], ["kind"], ["category"], ["stream"]]));
  const segment = (): string | number => (random.chance(0.2) ? random.integer(0, 2) : random.pick(MEMBER_NAMES));
  return path.unchecked(top, ...Array.from({ length: random.integer(0, 3) }, segment));
}
