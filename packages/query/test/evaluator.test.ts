import { type JsonValue, parseJson } from "@eventfold/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clauses, documentSets, jsonValues } from "../../testing/src/arbitraries/index.ts";
import type { Clause, Operator, QueryDocument, SearchQuery } from "../src/index.ts";
import {
  and,
  call,
  countDocuments,
  defineFunction,
  filter,
  isEqualJson,
  keysetPage,
  lookupDocument,
  not,
  or,
  path,
  planCount,
  printPath,
  queryFunctions,
  resolvePath,
  searchDocuments,
  similarity,
  sortBy,
} from "../src/index.ts";
import { runs } from "./run-size.ts";

function document(state: unknown, id = "1"): QueryDocument {
  return { id, name: "thing", source: { kind: "stream", category: "things", stream: id }, state, metadata: null };
}

function holds(clause: Clause, subject: QueryDocument): boolean {
  return countDocuments([subject], { filters: [clause] }) === 1;
}

const MISSING = Symbol("missing");

/** Every kind of value that a path can find. */
const VALUES = [
  MISSING,
  null,
  0,
  5,
  "",
  "5",
  "abc",
  false,
  true,
  [],
  [5],
  [null],
  ["abc", [1]],
  {},
  { a: 1, b: 2 },
] as const;

function which(operator: Operator, operand?: JsonValue): readonly unknown[] {
  const rest = operand === undefined ? [] : [operand];
  const clause = filter("state.x", operator, ...(rest as never));
  return VALUES.filter((value) => holds(clause, document(value === MISSING ? {} : { x: value })));
}

describe("an operator", () => {
  it.each<[Operator, JsonValue | undefined, readonly unknown[]]>([
    ["equal", null, [MISSING, null]],
    ["equal", 5, [5]],
    ["equal", "5", ["5"]],
    ["equal", false, [false]],
    ["equal", [5], [[5]]],
    ["equal", { b: 2, a: 1 }, [{ a: 1, b: 2 }]],
    ["equal", {}, [{}]],
    ["greater_than", 0, [5]],
    ["greater_than_or_equal", 0, [0, 5]],
    ["greater_than_or_equal", 5, [5]],
    ["less_than", 5, [0]],
    ["less_than_or_equal", 5, [0, 5]],
    ["greater_than", "5", ["abc"]],
    ["less_than", "5", [""]],
    ["greater_than", false, [true]],
    ["less_than_or_equal", false, [false]],
    ["in", [5, "abc", null, [5]], [MISSING, null, 5, "abc", [5]]],
    ["in", [["abc"], [null], ["abc", [1]], [[5]]], [[null], ["abc", [1]]]],
    ["in", [{ a: 1 }, { b: 2, a: 1 }, { a: 2 }], [{ a: 1, b: 2 }]],
    ["in", [{ a: 2 }, ["abc"], {}, [5]], [[5], {}]],
    ["in", [], []],
    ["contains", 5, [[5]]],
    ["contains", null, [[null]]],
    ["contains", [1], [["abc", [1]]]],
    ["contains", "a", []],
    ["contains_text", "", ["", "5", "abc"]],
    ["contains_text", "bc", ["abc"]],
    ["starts_with", "", ["", "5", "abc"]],
    ["starts_with", "ab", ["abc"]],
    ["regex_matches", "^[a-c]+$", ["abc"]],
    ["regex_matches", "", ["", "5", "abc"]],
  ])("%s %j holds for these", (operator, operand, expected) => {
    expect(which(operator, operand)).toEqual(expected);
  });

  it.each<[Operator, Operator, JsonValue]>([
    ["not_equal", "equal", 5],
    ["not_equal", "equal", null],
    ["not_in", "in", [5, null]],
    ["not_in", "in", []],
    ["not_regex_matches", "regex_matches", "5"],
  ])("%s is exactly the negation of %s %j", (negative, positive, operand) => {
    const positives = which(positive, operand);
    expect(which(negative, operand)).toEqual(VALUES.filter((value) => !positives.includes(value)));
  });

  it("exists is the negation of equal null", () => {
    expect(which("exists")).toEqual(VALUES.filter((value) => value !== MISSING && value !== null));
  });
});

describe("a path", () => {
  const state = { list: [{ a: 1 }], object: { 0: "zero", "a.b": 1 }, text: "abc", ["__proto__"]: 1 };

  it.each([
    [path.unchecked("state", "list", 0, "a"), 1],
    [path.unchecked("state", "list", "0", "a"), null],
    [path.unchecked("state", "list", "length"), null],
    [path.unchecked("state", "list", 1), null],
    [path.unchecked("state", "object", "0"), "zero"],
    [path.unchecked("state", "object", 0), null],
    [path.unchecked("state", "object", "a.b"), 1],
    [path.unchecked("state", "object", "constructor"), null],
    [path.unchecked("state", "object", "__proto__"), null],
    [path.unchecked("state", "text", "length"), null],
    [path.unchecked("state", "text", 0), null],
    [path.unchecked("metadata", "x"), null],
    [path.unchecked("source", "stream"), "1"],
    [path.unchecked("id"), "1"],
  ])("%o finds %j", (at, expected) => {
    expect(resolvePath(at, document(state))).toEqual(expected);
  });

  it("finds an own member called __proto__", () => {
    expect(resolvePath(path.unchecked("state", "__proto__"), document(parseJson('{"__proto__":3}')))).toBe(3);
  });

  it.each([
    ["a", "state.a"],
    ["ab", "state.ab"],
    ["1st", "state.1st"],
    ["a0", "state.a0"],
    ["-", "state.-"],
    ["x-1-y", "state.x-1-y"],
    [7, "state.7"],
    ["70", 'state["70"]'],
    ["a.", 'state["a."]'],
    [".a", 'state[".a"]'],
    ["a ", 'state["a "]'],
    [" a", 'state[" a"]'],
    ["\t", 'state["\\t"]'],
  ])("to %j is printed as %s", (segment, printed) => {
    expect(printPath(path.unchecked("state", segment))).toBe(printed);
  });

  it("is printed so that nothing is ambiguous", () => {
    expect(printPath(path("state", "items", 0, "sku"))).toBe("state.items.0.sku");
    expect(printPath(path("state", "a.b", "7", "", "x y"))).toBe('state["a.b"]["7"][""]["x y"]');
  });
});

describe("combinators", () => {
  it.each<[string, () => unknown, string]>([
    ["and[0]", () => and(null as never), "expected a clause, got null"],
    ["or[1]", () => or(and(), {} as never), "expected a clause, got an object"],
    ["not[0]", () => not("a" as never), 'expected a clause, got "a"'],
    ["filter.value", () => filter("state.a", ...(["exists", 1] as unknown as ["exists"])), "exists takes no value"],
    ["filter.value", () => filter("state.a", ...(["equal"] as unknown as ["exists"])), "equal takes a value"],
  ])("refuse what is not a clause, at %s", (path, build, reason) => {
    expect(build).toThrowError(expect.objectContaining({ code: "INVALID_QUERY", path, reason }));
  });

  it("without clauses: and() holds, or() does not", () => {
    expect([holds(and(), document({})), holds(or(), document({}))]).toEqual([true, false]);
    expect([holds(not(and()), document({})), holds(not(or()), document({}))]).toEqual([false, true]);
  });

  it("not is the complement, for every clause and document", () => {
    fc.assert(
      fc.property(documentSets, clauses, (documents, clause) => {
        const positive = countDocuments(documents, { filters: [clause] });
        expect(countDocuments(documents, { filters: [not(clause)] })).toBe(documents.length - positive);
      }),
      { numRuns: runs(1000) },
    );
  });

  it("and is the intersection, or the union", () => {
    fc.assert(
      fc.property(documentSets, clauses, clauses, (documents, left, right) => {
        for (const subject of documents) {
          const [a, b] = [holds(left, subject), holds(right, subject)];
          expect(holds(and(left, right), subject)).toBe(a && b);
          expect(holds(or(left, right), subject)).toBe(a || b);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it("refuse what is not a clause", () => {
    expect(() => and("a" as never)).toThrowError(expect.objectContaining({ code: "INVALID_QUERY", path: "and[0]" }));
    expect(() => not(undefined as never)).toThrowError(expect.objectContaining({ code: "INVALID_QUERY" }));
  });
});

describe("isEqualJson", () => {
  it("ignores the order of members and the sign of zero, and distinguishes null from missing", () => {
    expect(isEqualJson({ a: 1, b: [0] }, { b: [-0], a: 1 })).toBe(true);
    expect(isEqualJson({ a: null }, {})).toBe(false);
    expect(isEqualJson({ a: null }, { b: null })).toBe(false);
    expect(isEqualJson([], {})).toBe(false);
    expect(isEqualJson([1, 2], [2, 1])).toBe(false);
    expect(isEqualJson(2 ** 53, 2 ** 53 + 1)).toBe(true);
    expect(isEqualJson("é", "e\u0301")).toBe(false);
    expect(isEqualJson(parseJson('{"__proto__":1}'), {})).toBe(false);
    expect(isEqualJson(parseJson('{"__proto__":1}'), { toString: 1 })).toBe(false);
  });

  it("compares members by name and by value", () => {
    expect(isEqualJson({ a: 1, b: 2 }, { a: 1, b: 3 })).toBe(false);
    expect(isEqualJson({ a: 1 }, { b: 1 })).toBe(false);
    expect(isEqualJson({ a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 3 }] } })).toBe(false);
    expect(isEqualJson({ a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 2 }] } })).toBe(true);
    expect(isEqualJson({ a: 1, b: 2 }, { a: 1 })).toBe(false);
  });

  it("is an equivalence that JSON text with sorted members decides too", () => {
    fc.assert(
      fc.property(jsonValues, jsonValues, (left, right) => {
        expect(isEqualJson(left, left)).toBe(true);
        expect(isEqualJson(left, parseJson(JSON.stringify(left)))).toBe(true);
        expect(isEqualJson(left, right)).toBe(isEqualJson(right, left));
      }),
    );
  });
});

describe("a plan", () => {
  const [a, b] = [filter("state.a", "equal", 1), filter("state.b", "in", [])];

  it("pushes negation down to the tests and folds constants", () => {
    expect(planCount({ filters: [not(or(a, b))] }).filter).toMatchObject({ kind: "test", isNegated: true });
    expect(planCount({ filters: [and(a, or(b, a))] }).filter).toMatchObject({ kind: "all", filters: [{}, {}] });
    expect(planCount({ filters: [b, a] }).filter).toEqual({ kind: "constant", holds: false });
    expect(planCount({}).filter).toEqual({ kind: "constant", holds: true });
    expect(planCount({ filters: [not(filter("state.a", "exists"))] }).filter).toMatchObject({
      isNegated: false,
      test: { kind: "missing" },
    });
  });

  it("has no combination within one of its kind", () => {
    const [c, d] = [filter("state.c", "equal", 1), filter("state.d", "in", [1])];
    expect(planCount({ filters: [and(a, and(c, and(d)))] }).filter).toMatchObject({
      kind: "all",
      filters: [{}, {}, {}],
    });
    expect(planCount({ filters: [or(a, or(c, d))] }).filter).toMatchObject({ kind: "any", filters: [{}, {}, {}] });
    expect(planCount({ filters: [not(or(a, not(and(c, d))))] }).filter).toMatchObject({
      kind: "all",
      filters: [{}, {}, {}],
    });
    expect(planCount({ filters: [or(a, and(c, d))] }).filter).toMatchObject({
      kind: "any",
      filters: [{}, { kind: "all" }],
    });
  });

  it.each<[string, SearchQuery, string]>([
    ["sort", { sort: [sortBy("id")] }, "only a search is sorted"],
    ["paging", { paging: keysetPage({ size: 1 }) }, "only a search has pages"],
  ])("of a lookup refuses %s and says why", (path, query, reason) => {
    const refusal = expect.objectContaining({ code: "INVALID_QUERY", path, reason });
    expect(() => lookupDocument([], query)).toThrowError(refusal);
  });

  it("of a count takes no notice of a sort and paging, but checks them", () => {
    const filters = [filter("id", "equal", "a")];
    const whole = { filters, sort: [sortBy("id")], paging: keysetPage({ size: 1 }) };
    expect(planCount(whole)).toEqual(planCount({ filters }));
    const query = { ...whole, paging: { kind: "keyset", size: 0 } as const };
    expect(() => planCount(query)).toThrowError(
      expect.objectContaining({ code: "INVALID_QUERY", path: "paging.size" }),
    );
  });
});

describe("lookupDocument", () => {
  const documents = [document({ a: 1 }, "b"), document({ a: 1 }, "a"), document({ a: 2 }, "c")];

  it("finds one or none", () => {
    expect(lookupDocument(documents, { filters: [filter("state.a", "equal", 2)] })?.id).toBe("c");
    expect(lookupDocument(documents, { filters: [filter("state.a", "equal", 3)] })).toBeUndefined();
  });

  it("rejects more than one, naming the first two by id", () => {
    expect(() => lookupDocument(documents, {})).toThrowError(
      expect.objectContaining({ code: "MULTIPLE_RESULTS", ids: ["a", "b"] }),
    );
  });
});

describe("a function", () => {
  it("filters and sorts; what is not a text is missing", () => {
    const documents = [document({ a: "abc" }, "1"), document({ a: 7 }, "2"), document({ a: "ab" }, "3")];
    const sort = [sortBy(similarity("state.a", "ab"), "desc")];
    expect(searchDocuments(documents, { sort }).items.map(({ id }) => id)).toEqual(["3", "1", "2"]);
    expect(countDocuments(documents, { filters: [filter(similarity("state.a", "ab"), "exists")] })).toBe(2);
  });

  function functionThat(yields: unknown, result: "number" | "string" | "boolean") {
    return defineFunction({ name: "own", parameters: ["path"], result, evaluate: () => yields as never });
  }

  it.each([
    ["number", "NaN", Number.NaN],
    ["number", "Infinity", Number.POSITIVE_INFINITY],
    ["number", "-Infinity", Number.NEGATIVE_INFINITY],
    ["number", 'the string "1"', "1"],
    ["number", "true", true],
    ["number", "1", 1n],
    ["number", "undefined", undefined],
    ["string", "1", 1],
    ["string", "[object Array]", ["a"]],
    ["string", "[object String]", new String("a")],
    ["string", "[object Promise]", Promise.resolve("a")],
    ["string", "[object Object]", Object.create(null)],
    ["string", 'the string "a\\ud800"', "a\ud800"],
    ["string", 'the string "\\udc00a"', "\udc00a"],
    ["string", 'the string "\\ud83da\\ude00"', "\ud83da\ude00"],
    ["string", 'the string "a\\u0000"', "a\u0000"],
    ["boolean", "0", 0],
    ["boolean", 'the string "true"', "true"],
    ["boolean", "Symbol(yes)", Symbol("yes")],
  ] as const)("of the user's own that declares a %s and yields %s fails filter and sort", (result, shown, yields) => {
    const field = call(functionThat(yields, result), "state.a");
    const functions = queryFunctions(functionThat(yields, result));
    const refusal = new TypeError(`The function own must return a ${result} or null, but returned ${shown}.`);
    const filters = [filter(field, "exists")];
    expect(() => countDocuments([document({})], { filters }, { functions })).toThrow(refusal);
    expect(() => lookupDocument([document({})], { filters }, { functions })).toThrow(refusal);
    expect(() => searchDocuments([document({})], { sort: [sortBy(field)] }, { functions })).toThrow(refusal);
  });

  it.each([
    ["number", -1.5],
    ["number", null],
    ["string", ""],
    ["string", "\u{1f600}\uffff"],
    ["string", null],
    ["boolean", false],
    ["boolean", null],
  ] as const)("of the user's own that declares a %s may yield %j", (result, yields) => {
    const own = functionThat(yields, result);
    const query = { filters: [filter(call(own, "state.a"), "equal", yields as never)] };
    expect(countDocuments([document({})], query, { functions: queryFunctions(own) })).toBe(1);
  });

  it("of the user's own must be known", () => {
    const query = { filters: [filter(call(functionThat(1, "number"), "state.a"), "equal", 1)] };
    expect(() => countDocuments([document({})], query)).toThrowError(
      expect.objectContaining({ code: "INVALID_QUERY" }),
    );
  });
});
