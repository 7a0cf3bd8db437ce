import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentSets, searchQueries } from "../../testing/src/arbitraries/index.ts";
import { compareKeys, startTest } from "../src/evaluate/compare-documents.ts";
import { fieldReader } from "../src/evaluate/field-reader.ts";
import { sortKeys } from "../src/evaluate/sort-keys.ts";
import { valueTest } from "../src/evaluate/value-test.ts";
import {
  BUILT_IN_FUNCTIONS,
  type Clause,
  canonicalJson,
  type Dialect,
  documentTest,
  type FieldBound,
  filter,
  pageOf,
  path,
  planCount,
  plannedRows,
  planSearch,
  type QueryDocument,
  type SortKey,
  searchStretches,
  similarity,
  sortBy,
  type Translated,
  translatedFilter,
} from "../src/index.ts";
import { sortKeyOf } from "../src/plan/sort-key.ts";
import { runs } from "./run-size.ts";

type Read = (document: QueryDocument) => ReturnType<ReturnType<typeof fieldReader>>;
type Test = (document: QueryDocument) => boolean;

/** A database that knows nothing but one field at a time: what is made of its leaves must mean what the plan means. */
function dialectWith(traits: {
  readonly reachesExactly: boolean;
  readonly ordersMissing: boolean;
}): Dialect<Read, Test> {
  const tested =
    (read: Read, test: Parameters<typeof valueTest>[0]): Test =>
    (document) =>
      valueTest(test)(read(document));
  const compared = ({ field, side, value }: FieldBound<Read>, orTied: boolean): Test => {
    const order = [{ field: path.unchecked("id"), direction: "asc", nulls: "last" }] as never;
    return (document) => {
      const key: SortKey = sortKeyOf(field(document));
      if (key === null) return false;
      const result = compareKeys(order, [key], [value]);
      return side === "greater" ? result > 0 || (orTied && result === 0) : result < 0 || (orTied && result === 0);
    };
  };
  return {
    ...traits,
    field: (field) => fieldReader(field, BUILT_IN_FUNCTIONS),
    all: (tests) => (document) => tests.every((test) => test(document)),
    any: (tests) => (document) => tests.some((test) => test(document)),
    not: (test) => (document) => !test(document),
    isMissing: (read) => tested(read, { kind: "missing" }),
    isPresent: (read) => (document) => read(document) !== null,
    equals: (read, value) => tested(read, { kind: "equal", value }),
    equalsComposite: (read, json) => tested(read, { kind: "equal", value: JSON.parse(json) }),
    equalsOneOf: (read, { scalars, composites }) => [
      tested(read, { kind: "one_of", values: scalars, orMissing: false }),
      (document) => composites.includes(canonicalJson(read(document))),
    ],
    compares: (read, comparison, value) => tested(read, { kind: "order", comparison, value }),
    contains: (read, value) => tested(read, { kind: "contains", value }),
    containsText: (read, text) => tested(read, { kind: "text", text }),
    startsWith: (read, prefix) => tested(read, { kind: "prefix", prefix }),
    matches: (read, regex) => tested(read, { kind: "regex", regex }),
    ties: (read, value) => (document) =>
      canonicalJson(sortKeyOf(read(document)) as never) === canonicalJson(value as never),
    isBeyond: (bound) => compared(bound, false),
    // A bound that is entered too early, as where an index holds the beginning of a text only.
    isReached: (bound) =>
      traits.reachesExactly ? compared(bound, true) : (document) => bound.field(document) !== null,
  };
}

function asTest(condition: Translated<Test>): Test {
  return typeof condition === "boolean" ? () => condition : condition;
}

const TRAITS = [true, false].flatMap((reachesExactly) =>
  [true, false].map((ordersMissing) => ({ reachesExactly, ordersMissing })),
);

describe.each(TRAITS)("a dialect with %o", (traits) => {
  const dialect = dialectWith(traits);

  it("finds what a filter means", () => {
    fc.assert(
      fc.property(documentSets, searchQueries, (documents, query) => {
        const plan = planSearch(query);
        const found = documents.filter(asTest(translatedFilter(plan, dialect)));
        expect(found).toEqual(documents.filter(documentTest(plan.filter, plan.functions)));
      }),
      { numRuns: runs(250) },
    );
  });

  it("finds the rows behind a start, in stretches that follow one another", () => {
    fc.assert(
      fc.property(documentSets, searchQueries, fc.boolean(), (documents, query, isBackwards) => {
        const first = planSearch({ ...query, paging: { kind: "keyset", size: 1 } });
        const { next } = pageOf(first, plannedRows(documents, first));
        const paging = { kind: "keyset" as const, size: 5, [isBackwards ? "before" : "after"]: next };
        const plan = planSearch({ ...query, paging });
        const fields = plan.order.map(({ field }) => dialect.field(field));
        const keysOf = sortKeys(plan.order, plan.functions);
        const stretches = searchStretches(plan, { fields, dialect });
        const found = stretches.map(({ condition }) => documents.filter(asTest(condition)));
        const behind = documents.filter((document) => startTest(plan.start)(keysOf(document)));
        const inOrder = (rows: readonly QueryDocument[]) =>
          rows.toSorted((one, other) => compareKeys(plan.order, keysOf(one), keysOf(other)));
        expect(found.flatMap(inOrder)).toEqual(inOrder(behind));
        for (const [index, { firstKey }] of stretches.entries()) {
          const areMissing = new Set(found[index]?.map((document) => keysOf(document)[0] === null));
          if (firstKey !== "any") expect([...areMissing].every((is) => is === (firstKey === "missing"))).toBe(true);
        }
      }),
      { numRuns: runs(250) },
    );
  });

  it("is never asked what cannot hold", () => {
    const never: readonly Clause[] = [
      filter("id" as never, "equal", 5 as never),
      filter("name" as never, "contains", "a" as never),
      filter("id", "equal", null as never),
      filter("id" as never, "in", [[], 1, null] as never),
      filter(similarity(path.unchecked("state", "a"), "a"), "equal", "a" as never),
      filter(similarity(path.unchecked("state", "a"), "a"), "starts_with" as "equal", "a" as never),
    ];
    for (const clause of never) expect(translatedFilter(planCount({ filters: [clause] }), dialect)).toBe(false);
    const [stretch, ...others] = searchStretches(planSearch({ sort: [sortBy("id")] }), { fields: [], dialect });
    expect([stretch, others]).toEqual([{ condition: true, firstKey: "any" }, []]);
  });
});
