import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeys } from "../src/evaluate/compare-documents.ts";
import type { KeyBound, OrderKey, QueryDocument, SortKey } from "../src/index.ts";
import { keysetPage, path, planSearch, searchDocuments, sortBy } from "../src/index.ts";
import { keysetBounds } from "../src/plan/keyset.ts";
import { runs } from "./run-size.ts";

const keys: fc.Arbitrary<SortKey> = fc.constantFrom<SortKey>(
  null,
  -1,
  0,
  1,
  "",
  "a",
  "\uFF5E",
  "\u{1F600}",
  false,
  true,
  [],
);
const orderKeys: fc.Arbitrary<OrderKey> = fc.record({
  field: fc.constant(path("state", "x")),
  direction: fc.constantFrom("asc" as const, "desc" as const),
  nulls: fc.constantFrom("first" as const, "last" as const),
});
const positions = fc.array(fc.record({ key: orderKeys, bound: keys, value: keys }), { minLength: 1, maxLength: 3 });

const ASCENDING: OrderKey = { field: path("id"), direction: "asc", nulls: "last" };

function isBeyond({ beyond }: KeyBound, value: SortKey): boolean {
  switch (beyond.kind) {
    case "nothing":
      return false;
    case "present":
      return value !== null;
    case "ordered": {
      if (value === null) return beyond.orMissing;
      const result = compareKeys([ASCENDING], [value], [beyond.value]);
      return beyond.comparison === "greater" ? result > 0 : result < 0;
    }
  }
}

function isTied(bound: KeyBound, value: SortKey): boolean {
  return compareKeys([ASCENDING], [value], [bound.value]) === 0;
}

describe("keysetBounds", () => {
  it("say the same as the order: tied with all before, and beyond one", () => {
    fc.assert(
      fc.property(positions, (position) => {
        const order = position.map(({ key }) => key);
        const values = position.map(({ value }) => value);
        const bounds = keysetBounds(
          order,
          position.map(({ bound }) => bound),
        );
        const byBounds = bounds.some(
          (bound, index) =>
            isBeyond(bound, values[index] ?? null) &&
            bounds.slice(0, index).every((earlier, at) => isTied(earlier, values[at] ?? null)),
        );
        expect(byBounds).toBe(
          compareKeys(
            order,
            values,
            position.map(({ bound }) => bound),
          ) > 0,
        );
      }),
      { numRuns: runs(2000) },
    );
  });

  it.each<[Pick<OrderKey, "direction" | "nulls">, SortKey, KeyBound["beyond"]]>([
    [{ direction: "asc", nulls: "last" }, 1, { kind: "ordered", comparison: "greater", value: 1, orMissing: true }],
    [{ direction: "desc", nulls: "last" }, "a", { kind: "ordered", comparison: "less", value: "a", orMissing: true }],
    [
      { direction: "asc", nulls: "first" },
      true,
      { kind: "ordered", comparison: "greater", value: true, orMissing: false },
    ],
    [{ direction: "desc", nulls: "first" }, [], { kind: "ordered", comparison: "less", value: [], orMissing: false }],
    [{ direction: "asc", nulls: "last" }, null, { kind: "nothing" }],
    [{ direction: "desc", nulls: "first" }, null, { kind: "present" }],
  ])("in the order %j name what lies beyond %j", (order, value, expected) => {
    const [bound] = keysetBounds([{ ...ASCENDING, ...order }], [value]);
    expect(bound?.beyond).toEqual(expected);
  });

  it("are part of the plan, in the reverse order for a page before a cursor", () => {
    const documents = ["a", "b", "c"].map(
      (id): QueryDocument => ({
        id,
        name: "n",
        source: { kind: "log" as const },
        state: 1,
        metadata: null,
      }),
    );
    const sort = [sortBy("state", "desc")];
    const { next } = searchDocuments(documents, { sort, paging: keysetPage({ size: 2 }) });
    const plan = planSearch({ sort, paging: keysetPage({ size: 2, before: next }) });
    expect(plan.order.map(({ direction, nulls }) => [direction, nulls])).toEqual([
      ["asc", "first"],
      ["asc", "first"],
      ["asc", "first"],
    ]);
    expect(plan.start.map(({ value, beyond }) => [value, beyond])).toEqual([
      [1, { kind: "ordered", comparison: "greater", value: 1, orMissing: false }],
      ["b", { kind: "ordered", comparison: "greater", value: "b", orMissing: false }],
      ["n", { kind: "ordered", comparison: "greater", value: "n", orMissing: false }],
    ]);
    expect([plan.offset, plan.limit, plan.pageSize]).toEqual([0, 3, 2]);
  });
});
