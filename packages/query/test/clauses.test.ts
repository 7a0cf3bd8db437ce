import { isEventfoldError } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import type { Clause } from "../src/index.ts";
import {
  and,
  call,
  defineFunction,
  filter,
  InvalidCursorError,
  keysetPage,
  MultipleResultsError,
  not,
  offsetPage,
  or,
  parseQuery,
  path,
  planSearch,
  similarity,
  sortBy,
} from "../src/index.ts";

const doubled = defineFunction({
  name: "doubled",
  parameters: ["path", "number"],
  result: "number",
  evaluate: (value, factor) => (typeof value === "number" ? value * factor : null),
});

function invalidAt(path: string): unknown {
  return expect.objectContaining({ code: "INVALID_QUERY", path });
}

describe("a clause", () => {
  it("is frozen JSON that is read back as it was", () => {
    const query = {
      filters: [
        and(filter("state.a.0", "equal", { b: [1] }), not(filter("id", "exists"))),
        or(filter(similarity("state.name", "ann"), "less_than", 0.5)),
      ],
      sort: [sortBy("state.a", "desc", { nulls: "first" }), sortBy(path("state", "x.y"))],
      paging: offsetPage({ number: 2, size: 10 }),
    };
    expect(parseQuery(JSON.parse(JSON.stringify(query)))).toEqual(query);
    expect(JSON.parse(JSON.stringify(query.filters[0]))).toEqual({
      kind: "and",
      clauses: [
        {
          kind: "filter",
          field: { kind: "path", segments: ["state", "a", 0] },
          operator: "equal",
          value: { b: [1] },
        },
        { kind: "not", clause: { kind: "filter", field: { kind: "path", segments: ["id"] }, operator: "exists" } },
      ],
    });
    for (const part of [...query.filters, ...query.sort, query.paging]) expect(Object.isFrozen(part)).toBe(true);
  });

  it("keeps a copy of its value", () => {
    const value = { list: [1] };
    const clause = filter("state.a", "equal", value);
    value.list.push(2);
    expect(clause).toMatchObject({ value: { list: [1] } });
  });

  it("is refused when it is built wrongly, with the place", () => {
    expect(() => filter("status" as never, "equal", 1 as never)).toThrowError(invalidAt("filter.field"));
    expect(() => filter("state.a", "is" as "equal", 1)).toThrowError(invalidAt("filter.operator"));
    expect(() => filter("state.a", "less_than", null as never)).toThrowError(invalidAt("filter.value"));
    expect(() => filter("state.a", "equal", undefined as never)).toThrowError(invalidAt("filter.value"));
    expect(() => sortBy("state.a", "down" as never)).toThrowError(invalidAt("sortBy.direction"));
    expect(() => sortBy("state.a", "asc", { nulls: "no" as never })).toThrowError(invalidAt("sortBy.nulls"));
    expect(() => path("state", -1)).toThrowError(invalidAt("path.segments[1]"));
    expect(() => path.unchecked()).toThrowError(invalidAt("path.segments"));
    expect(() => keysetPage({ size: 0 })).toThrowError(invalidAt("keysetPage.size"));
    expect(() => keysetPage({ size: 5, after: "a", before: "b" })).toThrowError(invalidAt("keysetPage.before"));
    expect(() => offsetPage({ number: 0, size: 5 })).toThrowError(invalidAt("offsetPage.number"));
    expect(() => similarity(7 as never, "a")).toThrowError(invalidAt("call[0]"));
    expect(() => call(doubled, "state.a", "2" as never)).toThrowError(invalidAt("call.arguments[1]"));
    expect(() => call(doubled, ...(["state.a"] as unknown as ["state.a", 2]))).toThrowError(
      invalidAt("call.arguments"),
    );
  });

  it("may be built 10,000 deep, and is refused when it is used", () => {
    let clause: Clause = filter("state.a", "exists");
    for (let depth = 0; depth < 10_000; depth++) clause = not(clause);
    expect(() => planSearch({ filters: [clause] })).toThrowError(expect.objectContaining({ code: "INVALID_QUERY" }));
  });
});

describe("an error", () => {
  it("is known by its code and says what to do", () => {
    const cursor = new InvalidCursorError({ reason: "other_query" });
    expect(isEventfoldError(cursor, "INVALID_CURSOR") && cursor.reason).toBe("other_query");
    expect(cursor.message).toContain("Keep both while turning pages");
    const results = new MultipleResultsError({ ids: ["a", "b"] });
    expect(results.message).toContain('"a", "b"');
    expect([cursor.isRetryable, results.isRetryable]).toEqual([false, false]);
    expect([cursor.name, results.name]).toEqual(["InvalidCursorError", "MultipleResultsError"]);
  });

  it("names the place and the reason", () => {
    expect(() => parseQuery({ filters: [{ kind: "nand" }] })).toThrow(
      'Invalid query at filters[0].kind: expected one of filter, and, or, not, got "nand".',
    );
    expect(() => parseQuery([])).toThrow("Invalid query: expected an object, got an array.");
  });
});
