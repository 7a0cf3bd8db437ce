import { parseJson } from "@eventfold/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { searchQueries } from "../../testing/src/arbitraries/index.ts";
import type { InvalidQueryError } from "../src/index.ts";
import { defineFunction, parseQuery, queryFunctions } from "../src/index.ts";
import { runs } from "./run-size.ts";

const FILTER = { kind: "filter", field: "state.a", operator: "equal", value: 1 };

const GETTER = { a: { enumerable: true, get: () => 1 } };

type Segment = string | number;

const times = defineFunction({
  name: "times",
  parameters: ["path", "number", "boolean"],
  result: "number",
  evaluate: (value, factor) => (typeof value === "number" ? value * factor : null),
});

function fault(query: unknown): InvalidQueryError {
  try {
    parseQuery(query);
  } catch (error) {
    return error as InvalidQueryError;
  }
  throw new Error(`${JSON.stringify(query)} was accepted`);
}

function withFilter(changes: Readonly<Record<string, unknown>>): unknown {
  return { filters: [{ ...FILTER, ...changes }] };
}

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen);
}

describe("parseQuery", () => {
  it.each<[string, unknown]>([
    ["null", null],
    ["an array", ["a"]],
    [`"${"a".repeat(40)}"`, "a".repeat(40)],
    [`"${"a".repeat(40)}…"`, "a".repeat(41)],
    ["-1.5", -1.5],
    ["true", true],
    ["undefined", undefined],
    ["a bigint", 10n],
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
  ])("says that it got %s instead of an object", (shown, query) => {
    expect(fault(query)).toMatchObject({ path: "", reason: `expected an object, got ${shown}` });
  });

  const manyClauses = Array(501).fill(FILTER);

  it.each<[string, unknown, string]>([
    ["filters", { filters: {} }, "expected an array, got an object"],
    ["filters", { filters: manyClauses }, "expected at most 500 elements, got 501"],
    ["filters[1]", { filters: Object.assign(Array(2), { 0: FILTER }) }, "the array has a hole"],
    ["where", { where: 1 }, "unknown member; expected one of filters, sort, paging"],
    ["filters[0].kind", { filters: [{ kind: "nor" }] }, 'expected one of filter, and, or, not, got "nor"'],
    ["filters[0].value", { filters: [{ kind: "not", value: 1 }] }, "it has no place in a clause of this kind"],
    ["filters[0].clause", withFilter({ clause: FILTER }), "it has no place in a clause of this kind"],
    ["filters[0].value", withFilter({ operator: "exists" }), "exists takes no value"],
    ["filters[0].value", withFilter({ value: undefined }), "equal takes a value"],
    ["filters[0].value", withFilter({ operator: "in", value: undefined }), "in takes a value"],
    [
      "filters[0].value",
      withFilter({ operator: "less_than", value: [] }),
      "expected a number, a string or a boolean to order by, got an array",
    ],
    ["filters[0].value", withFilter({ operator: "in", value: 1 }), "expected an array, got 1"],
    ["filters[0].value", withFilter({ operator: "starts_with", value: 1 }), "expected a string, got 1"],
    ["filters[0].value", withFilter({ value: () => 1 }), "expected a JSON value, got a function"],
    ["filters[0].value", withFilter({ value: new Map() }), "expected a JSON value, got an instance of a class"],
    ["filters[0].value", withFilter({ value: Number.NaN }), "expected a finite number, got NaN"],
    ["filters[0].value[0]", withFilter({ value: Array(1) }), "the array has a hole"],
    ["filters[0].value.a", withFilter({ value: Object.defineProperties({}, GETTER) }), "expected data, got a getter"],
    ["filters[0].value", withFilter({ value: "\ud800" }), "the string has a lone surrogate"],
    ["filters[0].value", withFilter({ value: "\0" }), "the string has a NUL character"],
    ["filters[0].value", withFilter({ value: { "a\0": 1 } }), "the string has a NUL character"],
    ['filters[0].value[""].a', withFilter({ value: { "": { a: Number.NaN } } }), "expected a finite number, got NaN"],
    [`["${"a b".repeat(20)}"]`, { ["a b".repeat(30)]: 1 }, "unknown member; expected one of filters, sort, paging"],
    ["a".repeat(60), { ["a".repeat(61)]: 1 }, "unknown member; expected one of filters, sort, paging"],
    ["filters[0].field", withFilter({ field: null }), "expected an object, got null"],
    ["filters[0].field.kind", withFilter({ field: { segments: ["id"] } }), "expected path, got undefined"],
    ["filters[0].field.kind", withFilter({ field: { kind: "column" } }), 'expected path, got "column"'],
    [
      "filters[0].field",
      withFilter({ field: "total" }),
      'a path begins with one of id, name, source, state, metadata, got "total"',
    ],
    ["filters[0].field", withFilter({ field: `state${".a".repeat(100)}` }), "a path has at most 100 segments"],
    ["filters[0].field", withFilter({ field: "id.a" }), "id is a string and has nothing beneath it"],
    ["filters[0].field", withFilter({ field: "name.a" }), "name is a string and has nothing beneath it"],
    [
      "filters[0].field[1]",
      withFilter({ field: "state.2147483648" }),
      "an index must be an integer from 0 to 2147483647, got 2147483648",
    ],
    [
      "filters[0].field",
      withFilter({ field: "state..a" }),
      'a dotted path has no empty segment; write such a member as path(…, "")',
    ],
    [
      "filters[0].field",
      withFilter({ field: "state.00" }),
      'an index has no leading zeros; write such a member as path(…, "007")',
    ],
    ["sort[0].kind", { sort: [{ kind: "filter", field: "id" }] }, 'expected sort, got "filter"'],
    ["paging.size", { paging: { kind: "keyset", size: 0 } }, "expected an integer from 1 to 1000, got 0"],
    ["paging.after", { paging: { kind: "offset", size: 1, number: 1, after: "x" } }, "an offset page has no cursor"],
    ["paging.before", { paging: { kind: "offset", size: 1, number: 1, before: "x" } }, "an offset page has no cursor"],
    ["paging.number", { paging: { kind: "keyset", size: 1, number: 1 } }, "a keyset page has no number"],
    [
      "paging.before",
      { paging: { kind: "keyset", size: 1, after: "x", before: "y" } },
      "give after or before, not both",
    ],
  ])("says at %s of %j: %s", (path, query, reason) => {
    expect(fault(query)).toMatchObject({
      path,
      reason,
      message: `Invalid query at ${path}: ${reason}.`,
    });
  });

  it.each<[string, Segment[]]>([
    ["state.1a.a1", ["state", "1a", "a1"]],
    ["state.0.10", ["state", 0, 10]],
    ["metadata.a b.ä", ["metadata", "a b", "ä"]],
    [`state${".a".repeat(99)}`, ["state", ...Array<string>(99).fill("a")]],
    ["state.2147483647", ["state", 2_147_483_647]],
  ])("reads the dotted path %j", (field, segments) => {
    expect(parseQuery(withFilter({ field })).filters?.[0]).toMatchObject({ field: { kind: "path", segments } });
  });

  it("reads members that are undefined as if they were not there", () => {
    const [filter] = parseQuery(withFilter({ value: { a: 1, b: undefined }, clauses: undefined })).filters ?? [];
    expect(filter).toStrictEqual({ ...FILTER, field: { kind: "path", segments: ["state", "a"] }, value: { a: 1 } });
    expect(parseQuery({ filters: undefined, sort: undefined, paging: undefined })).toStrictEqual({});
  });

  it("accepts values 500 deep, and no more", () => {
    let value: unknown = [];
    for (let depth = 1; depth < 500; depth++) value = [value];
    expect(parseQuery(withFilter({ value })).filters).toHaveLength(1);
    expect(fault(withFilter({ value: [value] })).reason).toBe("the value nests deeper than 500 levels");
  });

  it("reads −0 as 0 in a path and in an argument", () => {
    const segments = ["state", -0];
    const call = { kind: "function", name: "times", arguments: [{ kind: "path", segments }, -0, true] };
    const [filter] = parseQuery(withFilter({ field: call }), { functions: queryFunctions(times) }).filters ?? [];
    expect(filter).toStrictEqual({
      ...FILTER,
      field: { ...call, arguments: [{ kind: "path", segments: ["state", 0] }, 0, true] },
    });
  });

  it("gives back every query that was printed, frozen", () => {
    fc.assert(
      fc.property(searchQueries, (query) => {
        const parsed = parseQuery(query);
        expect(isDeeplyFrozen(parsed)).toBe(true);
        const printed = JSON.stringify(parsed);
        expect(JSON.stringify(parseQuery(parseJson(printed)))).toBe(printed);
        expect(parsed).toEqual(parseJson(JSON.stringify(query)));
      }),
      { numRuns: runs(1000) },
    );
  });

  it("refuses or reads whatever it is given, and never fails otherwise", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        (value) => {
          for (const query of [
            value,
            { filters: value },
            { filters: [value] },
            withFilter({ value }),
            { paging: value },
          ]) {
            try {
              parseQuery(query);
            } catch (error) {
              expect((error as InvalidQueryError).code).toBe("INVALID_QUERY");
            }
          }
        },
      ),
      { numRuns: runs(500) },
    );
  });

  it("reads a field as a dotted string, in which digits are an index", () => {
    const { filters } = parseQuery(withFilter({ field: "state.items.0.sku" }));
    expect(filters?.[0]).toMatchObject({ field: { kind: "path", segments: ["state", "items", 0, "sku"] } });
  });

  it.each([
    [null, ""],
    [[], ""],
    ["{}", ""],
    [{ filter: [] }, "filter"],
    [parseJson('{"__proto__":{"filters":[]}}'), "__proto__"],
    [{ constructor: 1 }, "constructor"],
    [{ filters: {} }, "filters"],
    [{ filters: [null] }, "filters[0]"],
    [{ filters: [{}] }, "filters[0].kind"],
    [{ filters: [{ ...FILTER, kind: "xor" }] }, "filters[0].kind"],
    [withFilter({ clauses: [] }), "filters[0].clauses"],
    [withFilter({ "a b": 1 }), 'filters[0]["a b"]'],
    [
      { filters: [{ kind: "and", clauses: [{ kind: "not", clause: { ...FILTER, operator: "is" } }] }] },
      "filters[0].clauses[0].clause.operator",
    ],
    [{ filters: [{ kind: "or" }] }, "filters[0].clauses"],
    [{ filters: [{ kind: "not" }] }, "filters[0].clause"],
    [withFilter({ operator: "toString" }), "filters[0].operator"],
    [withFilter({ operator: "exists" }), "filters[0].value"],
    [{ filters: [{ kind: "filter", field: "state", operator: "equal" }] }, "filters[0].value"],
  ])("refuses %j at %j", (query, path) => {
    expect(fault(query)).toMatchObject({ code: "INVALID_QUERY", path });
  });

  it.each([
    ["", "filters[0].field"],
    ["total", "filters[0].field"],
    ["__proto__.x", "filters[0].field"],
    ["constructor", "filters[0].field"],
    ["state..a", "filters[0].field"],
    ["state.007", "filters[0].field"],
    ["state.99999999999", "filters[0].field[1]"],
    ["id.length", "filters[0].field"],
    [`state${".a".repeat(100)}`, "filters[0].field"],
    ["state.\uD800", "filters[0].field"],
    [{ kind: "path", segments: [] }, "filters[0].field.segments"],
    [{ kind: "path", segments: ["state", -1] }, "filters[0].field.segments[1]"],
    [{ kind: "path", segments: ["state", 1.5] }, "filters[0].field.segments[1]"],
    [{ kind: "path", segments: ["state", null] }, "filters[0].field.segments[1]"],
    [{ kind: "path", segments: ["state", "a\0"] }, "filters[0].field.segments[1]"],
    [{ kind: "path", segments: "state" }, "filters[0].field.segments"],
    [{ kind: "column", name: "x" }, "filters[0].field.name"],
    [7, "filters[0].field"],
    [undefined, "filters[0].field"],
  ])("refuses the field %j at %j", (field, path) => {
    expect(fault(withFilter({ field })).path).toBe(path);
  });

  it("takes names of prototypes for names like any other", () => {
    const segments = ["state", "__proto__", "constructor", "prototype"];
    expect(parseQuery(withFilter({ field: { kind: "path", segments } })).filters?.[0]).toMatchObject({
      field: { segments },
    });
    const value: unknown = parseJson('{"__proto__":{"polluted":true}}');
    const [filter] = parseQuery(withFilter({ value })).filters ?? [];
    expect(JSON.stringify(filter)).toContain('{"__proto__":{"polluted":true}}');
    expect(({} as Readonly<Record<string, unknown>>).polluted).toBeUndefined();
  });

  it.each([
    ["equal", Number.NaN],
    ["equal", Number.POSITIVE_INFINITY],
    ["equal", 1n],
    ["equal", new Date(0)],
    ["equal", new Map()],
    ["equal", () => 1],
    ["equal", Symbol("a")],
    ["equal", "\uD800"],
    ["equal", "a\0b"],
    ["greater_than", null],
    ["less_than", []],
    ["less_than_or_equal", {}],
    ["in", 1],
    ["in", "abc"],
    ["not_in", { length: 0 }],
    ["contains_text", 1],
    ["starts_with", 1],
    ["regex_matches", null],
  ])("refuses %s %o", (operator, value) => {
    expect(fault(withFilter({ operator, value })).path).toBe("filters[0].value");
  });

  it("names where in a value the fault lies", () => {
    expect(fault(withFilter({ value: { a: [1, { "b c": Number.NaN }] } })).path).toBe('filters[0].value.a[1]["b c"]');
    expect(fault(withFilter({ value: Array(2) })).path).toBe("filters[0].value[0]");
  });

  it("runs no getter", () => {
    let runs = 0;
    const trap = {
      get filters() {
        runs++;
        return [];
      },
    };
    expect(fault(trap).path).toBe("filters");
    const inValue = Object.defineProperty({}, "a", { enumerable: true, get: () => runs++ });
    expect(fault(withFilter({ value: inValue })).path).toBe("filters[0].value.a");
    const inArray = Object.defineProperty([1], 0, { enumerable: true, get: () => runs++ });
    expect(fault({ filters: inArray }).path).toBe("filters[0]");
    expect(runs).toBe(0);
  });

  it("reads −0 as 0", () => {
    const [filter] = parseQuery(withFilter({ value: [-0] })).filters ?? [];
    expect(Object.is((filter as unknown as { value: number[] }).value[0], 0)).toBe(true);
  });

  it("refuses clauses and values nested 10,000 deep without exhausting the stack", () => {
    let clause: unknown = FILTER;
    let value: unknown = 1;
    for (let depth = 0; depth < 10_000; depth++) {
      clause = depth % 2 === 0 ? { kind: "not", clause } : { kind: "and", clauses: [clause] };
      value = depth % 2 === 0 ? { a: value } : [value];
    }
    expect(fault({ filters: [clause] }).reason).toBe("clauses nest at most 100 deep");
    expect(fault(withFilter({ value })).reason).toBe("the value nests deeper than 500 levels");
  });

  it("accepts clauses 100 deep and 500 in all, and no more", () => {
    let clause: unknown = FILTER;
    for (let depth = 1; depth < 100; depth++) clause = { kind: "not", clause };
    expect(parseQuery({ filters: [clause] }).filters).toHaveLength(1);
    expect(fault({ filters: [{ kind: "not", clause }] }).code).toBe("INVALID_QUERY");
    const many = (count: number): unknown => ({ filters: [{ kind: "or", clauses: Array(count).fill(FILTER) }] });
    expect(parseQuery(many(499)).filters).toHaveLength(1);
    expect(fault(many(500)).reason).toBe("a query has at most 500 clauses");
  });

  it.each([0, -1, 1.5, 1001, 1e9, Number.NaN, "20", null, undefined])("refuses a page of %j", (size) => {
    expect(fault({ paging: { kind: "keyset", size } }).path).toBe("paging.size");
    expect(fault({ paging: { kind: "offset", number: 1, size } }).path).toBe("paging.size");
  });

  it.each([
    [{ kind: "offset", size: 10, number: 0 }, "paging.number"],
    [{ kind: "offset", size: 10, number: 2 ** 53 }, "paging.number"],
    [{ kind: "offset", size: 10, number: 1, after: "x" }, "paging.after"],
    [{ kind: "keyset", size: 10, number: 1 }, "paging.number"],
    [{ kind: "keyset", size: 10, after: "x", before: "y" }, "paging.before"],
    [{ kind: "keyset", size: 10, after: 7 }, "paging.after"],
    [{ kind: "all" }, "paging.kind"],
  ])("refuses the paging %j at %s", (paging, path) => {
    expect(fault({ paging }).path).toBe(path);
  });

  it.each([
    [{ kind: "sort" }, "sort[0].field"],
    [{ kind: "sort", field: "id", direction: "up" }, "sort[0].direction"],
    [{ kind: "sort", field: "id", nulls: "middle" }, "sort[0].nulls"],
    ["id", "sort[0]"],
  ])("refuses the sort %j at %s", (sort, path) => {
    expect(fault({ sort: [sort] }).path).toBe(path);
  });

  it("sorts ascending with missing values last unless told otherwise, by at most 32 fields", () => {
    expect(parseQuery({ sort: [{ kind: "sort", field: "id" }] }).sort?.[0]).toMatchObject({
      direction: "asc",
      nulls: "last",
    });
    expect(fault({ sort: Array(33).fill({ kind: "sort", field: "id" }) }).path).toBe("sort");
  });
});

describe("parseQuery with functions", () => {
  const similar = {
    kind: "function",
    name: "similarity",
    arguments: [{ kind: "path", segments: ["state", "a"] }, "x"],
  };
  const half = defineFunction({
    name: "half",
    parameters: ["path"],
    result: "number",
    evaluate: (value) => (typeof value === "number" ? value / 2 : null),
  });

  it("knows similarity, and others when they are registered", () => {
    expect(parseQuery(withFilter({ field: similar })).filters).toHaveLength(1);
    const query = withFilter({
      field: { kind: "function", name: "half", arguments: [{ kind: "path", segments: ["id"] }] },
    });
    expect(fault(query).path).toBe("filters[0].field.name");
    expect(parseQuery(query, { functions: queryFunctions(half) }).filters).toHaveLength(1);
  });

  it.each([
    [{ ...similar, name: "toString" }, "filters[0].field.name"],
    [{ ...similar, name: 7 }, "filters[0].field.name"],
    [{ ...similar, arguments: [] }, "filters[0].field.arguments"],
    [{ ...similar, arguments: ["state.a", "x"] }, "filters[0].field.arguments[0]"],
    [{ ...similar, arguments: [similar, "x"] }, "filters[0].field.arguments[0].name"],
    [{ ...similar, arguments: [similar.arguments[0], 7] }, "filters[0].field.arguments[1]"],
    [{ ...similar, arguments: Array(17).fill(1) }, "filters[0].field.arguments"],
    [{ ...similar, sql: "drop" }, "filters[0].field.sql"],
  ])("refuses %j at %s", (field, path) => {
    expect(fault(withFilter({ field })).path).toBe(path);
  });

  const [field] = similar.arguments;

  it.each([
    [{ name: "half", arguments: [] }, "name", 'unknown function "half"; known: similarity, folded, times'],
    [{ arguments: [field] }, "arguments", "similarity takes 2 arguments, got 1"],
    [{ arguments: ["a", "b"] }, "arguments[0]", "expected a path, got a string"],
    [{ arguments: [field, false] }, "arguments[1]", "expected a string, got a boolean"],
    [{ name: "times", arguments: [field, field, true] }, "arguments[1]", "expected a number, got a path"],
    [{ name: "times", arguments: [field, Number.NaN, true] }, "arguments[1]", "expected a finite number, got NaN"],
    [{ name: "times", arguments: [field, 1, 1] }, "arguments[2]", "expected a boolean, got a number"],
    [{ arguments: [field, "\0"] }, "arguments[1]", "the string has a NUL character"],
    [{ arguments: [field, null] }, "arguments[1]", "expected an object, got null"],
  ])("says of %j at its %s: %s", (changes, path, reason) => {
    const query = withFilter({ field: { ...similar, ...changes } });
    expect(() => parseQuery(query, { functions: queryFunctions(times) })).toThrow(
      expect.objectContaining({ code: "INVALID_QUERY", path: `filters[0].field.${path}`, reason }),
    );
  });

  it.each(["a", "a1_b", "a".repeat(63)])("takes %j for a name", (name) => {
    expect(defineFunction({ ...half, name }).name).toBe(name);
  });

  it.each(["", "Half", "1half", "_half", "half(", "half\n", "a".repeat(64)])("refuses the name %j", (name) => {
    expect(() => defineFunction({ ...half, name })).toThrow(
      new TypeError(
        `A function's name must be a lower-case identifier of at most 63 characters, got ${JSON.stringify(name)}.`,
      ),
    );
  });

  it("says which name is taken", () => {
    expect(() => queryFunctions(half, half)).toThrow(new TypeError("Two functions are called half."));
    expect(() => queryFunctions({ ...half, name: "similarity" })).toThrow("Two functions are called similarity.");
  });

  it("refuses a name twice and a name that is not an identifier", () => {
    expect(() => queryFunctions(half, half)).toThrow(TypeError);
    expect(() => defineFunction({ ...half, name: "Half(" })).toThrow(TypeError);
  });
});
