import {
  and,
  type Clause,
  filter,
  folded,
  not,
  offsetPage,
  or,
  path,
  type SearchQuery,
  similarity,
  sortBy,
} from "@eventfold/query";
import type { JsonValue } from "@eventfold/types";
import fc from "fast-check";
import { names, scalars, storedTexts, values } from "./stored-values.ts";

const steps = fc.array(fc.oneof({ weight: 4, arbitrary: names }, { weight: 1, arbitrary: fc.constantFrom(0, 1) }), {
  maxLength: 3,
});

const paths = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom("state", "state", "metadata"), steps)
      .map(([first, rest]) => path.unchecked(first, ...rest)),
  },
  { weight: 1, arbitrary: fc.constantFrom("id", "name", "source", "source.kind", "source.stream") },
);

const fields = fc.oneof(
  { weight: 8, arbitrary: paths },
  { weight: 1, arbitrary: paths.map((at) => folded(at as never)) },
  { weight: 1, arbitrary: fc.tuple(paths, storedTexts).map(([at, text]) => similarity(at as never, text)) },
);

const patterns = fc.constantFrom(
  "",
  "^a",
  "b$",
  "^.$",
  "\\d+",
  "[^a]",
  "(a|b)*c?",
  "\\s",
  "^(a+)+$",
  "\u{1F600}",
  "a{0,2}.",
);

/** Each operator with what it is compared with. */
const conditions: fc.Arbitrary<readonly [string, ...JsonValue[]]> = fc.oneof(
  fc.constant(["exists"] as const),
  fc.tuple(fc.constantFrom("equal", "not_equal", "contains"), values),
  fc.tuple(fc.constantFrom("in", "not_in"), fc.array(values, { maxLength: 4 })),
  fc.tuple(fc.constantFrom("greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal"), scalars),
  fc.tuple(fc.constantFrom("starts_with", "contains_text"), storedTexts),
  fc.tuple(fc.constantFrom("regex_matches", "not_regex_matches"), patterns),
);

const clauses: fc.Arbitrary<Clause> = fc.letrec<{ clause: Clause }>((tie) => {
  const several = fc.array(tie("clause"), { maxLength: 3 });
  const test = fc
    .tuple(fields, conditions)
    .map(([at, [operator, ...value]]) => filter(at as never, operator as never, ...(value as never)));
  return {
    clause: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 4, arbitrary: test },
      { weight: 1, arbitrary: several.map((inner) => and(...inner)) },
      { weight: 1, arbitrary: several.map((inner) => or(...inner)) },
      { weight: 1, arbitrary: tie("clause").map((inner) => not(inner)) },
    ),
  };
}).clause;

const sorts = fc
  .tuple(fields, fc.constantFrom("asc" as const, "desc" as const), fc.constantFrom("first" as const, "last" as const))
  .map(([at, direction, nulls]) => sortBy(at as never, direction, { nulls }));

/** A search of one name, with its indexes, or of all: the store binds the name in the filters too. */
export interface ScopedSearch {
  readonly name: string | undefined;
  readonly query: SearchQuery;
}

/** Filters and sorts without paging. */
export const searches: fc.Arbitrary<ScopedSearch> = fc
  .tuple(
    fc.constantFrom("account", "order", undefined),
    fc.array(clauses, { maxLength: 2 }),
    fc.array(sorts, { maxLength: 3 }),
  )
  .map(([name, rest, sort]) => {
    const filters = name === undefined ? rest : [filter("name", "equal", name), ...rest];
    return { name, query: { filters, sort } };
  });

/** Searches with their first keyset page, or any page by number. */
export const pagedSearches: fc.Arbitrary<ScopedSearch> = fc
  .tuple(searches, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 3 }))
  .map(([{ name, query }, size, number]) => ({
    name,
    query: { ...query, paging: number === 0 ? { kind: "keyset", size } : offsetPage({ number, size }) },
  }));
