import type { Clause, Field, Operator, Path, PathSegment, SearchQuery, Sort } from "@eventfold/query";
import { OPERATORS, offsetPage, path } from "@eventfold/query";
import type { JsonValue } from "@eventfold/types";
import fc from "fast-check";
import { jsonValues, memberNames, scalars, texts } from "./json-values.ts";
import { patterns } from "./regex-patterns.ts";

const segments: fc.Arbitrary<PathSegment> = fc.oneof(
  { weight: 4, arbitrary: memberNames },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, 2_147_483_647) },
);

/** Paths into the documents of `documentSets`, mostly into the state, which often find something. */
const paths: fc.Arbitrary<Path> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(path("id"), path("name"), path("source"), path("source", "kind")) },
  { weight: 1, arbitrary: fc.constantFrom(path("source", "stream"), path("state"), path("metadata")) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom("state", "state", "state", "metadata"), fc.array(segments, { minLength: 1, maxLength: 3 }))
      .map(([first, rest]) => path.unchecked(first, ...rest)),
  },
);

/** Fields: paths, and `similarity` and `folded` of paths. */
const fields: fc.Arbitrary<Field<unknown>> = fc.oneof(
  { weight: 9, arbitrary: paths },
  {
    weight: 1,
    arbitrary: fc
      .tuple(paths, texts)
      .map(([at, text]) => Object.freeze({ kind: "function" as const, name: "similarity", arguments: [at, text] })),
  },
  {
    weight: 1,
    arbitrary: paths.map((at) => Object.freeze({ kind: "function" as const, name: "folded", arguments: [at] })),
  },
);

/** Operands of an operator. */
function operandsOf(operator: Operator): fc.Arbitrary<JsonValue | undefined> {
  switch (operator) {
    case "exists":
      return fc.constant(undefined);
    case "in":
    case "not_in":
      return fc.array(jsonValues, { maxLength: 5 });
    case "contains_text":
    case "starts_with":
      return texts;
    case "regex_matches":
    case "not_regex_matches":
      return patterns;
    case "equal":
    case "not_equal":
    case "contains":
      return jsonValues;
    default:
      return scalars.filter((value) => value !== null);
  }
}

/** Filters with every operator. */
const filters: fc.Arbitrary<Clause<unknown>> = fc
  .constantFrom(...OPERATORS)
  .chain((operator) => fc.record({ field: fields, value: operandsOf(operator) }).map((rest) => ({ operator, ...rest })))
  .map(({ value, ...rest }) => ({ kind: "filter" as const, ...rest, ...(value !== undefined && { value }) }));

/** Clauses: filters, combined and nested. */
export const clauses: fc.Arbitrary<Clause<unknown>> = fc.letrec<{ clause: Clause<unknown> }>((tie) => {
  const many = fc.array(tie("clause"), { maxLength: 3 });
  return {
    clause: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 4, arbitrary: filters },
      { weight: 1, arbitrary: many.map((inner) => ({ kind: "and" as const, clauses: inner })) },
      { weight: 1, arbitrary: many.map((inner) => ({ kind: "or" as const, clauses: inner })) },
      { weight: 1, arbitrary: tie("clause").map((inner) => ({ kind: "not" as const, clause: inner })) },
    ),
  };
}).clause;

/** One field to sort by. */
const sorts: fc.Arbitrary<Sort<unknown>> = fc.record({
  kind: fc.constant("sort" as const),
  field: fields,
  direction: fc.constantFrom("asc" as const, "desc" as const),
  nulls: fc.constantFrom("first" as const, "last" as const),
});

/** Filters and sorts without paging. */
export const unpagedQueries: fc.Arbitrary<SearchQuery<unknown>> = fc.record({
  filters: fc.array(clauses, { maxLength: 2 }),
  sort: fc.array(sorts, { maxLength: 3 }),
});

/** Searches with the first keyset page or any offset page. */
export const searchQueries: fc.Arbitrary<SearchQuery<unknown>> = fc
  .tuple(unpagedQueries, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 4 }))
  .map(([query, size, number]) => ({
    ...query,
    paging: number === 0 ? { kind: "keyset", size } : offsetPage({ number, size }),
  }));
