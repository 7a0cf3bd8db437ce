import { parseJson } from "@eventfold/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonFormOf, sortedJsonOf } from "../src/json-form.ts";
import { anyCharacter } from "./any-character.ts";
import { runs } from "./run-size.ts";

/** The text, having checked that the copy is what the text parses to, in the same order. */
function write(value: unknown): string {
  const { text, value: copy } = jsonFormOf(value, () => ["events", 0, "payload"]);
  expect(JSON.stringify(copy)).toBe(text);
  expect(copy).toStrictEqual(parseJson(text));
  return text;
}

describe("jsonFormOf", () => {
  it("writes what JSON.stringify writes, for every JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: anyCharacter, maxDepth: 6 }), (value) => {
        fc.pre(!JSON.stringify(value).includes("\\u0000"));
        expect(write(value)).toBe(JSON.stringify(value));
      }),
      { numRuns: runs(500) },
    );
  });

  it("writes what JSON.stringify writes, for every well-formed string", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        fc.pre(!text.includes("\u0000"));
        expect(write({ [text]: text })).toBe(JSON.stringify({ [text]: text }));
      }),
      { numRuns: runs(1_000) },
    );
  });

  it("writes what JSON.stringify writes, for every finite number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(write(number)).toBe(JSON.stringify(number));
      }),
      { numRuns: runs(1_000) },
    );
  });

  it("drops members that hold undefined, and keeps the order of the others", () => {
    expect(write({ b: 1, gone: undefined, a: 2, 10: 3, 2: 4 })).toBe('{"2":4,"10":3,"b":1,"a":2}');
  });

  it("keeps a member named __proto__ as data", () => {
    const text = write(parseJson('{"__proto__":{"x":1}}'));
    expect(text).toBe('{"__proto__":{"x":1}}');
  });

  it("honours toJSON, once, with the key of the member", () => {
    const keys: string[] = [];
    const value = { toJSON: (key: string) => keys.push(key) };
    expect(write({ member: value, list: [value] })).toBe('{"member":1,"list":[2]}');
    expect(keys).toEqual(["member", "0"]);
    expect(write(new Date(0))).toBe('"1970-01-01T00:00:00.000Z"');
  });

  it("reads each getter once, so that what was checked is what is written", () => {
    let reads = 0;
    const value = {
      get answer() {
        reads++;
        return reads === 1 ? 42 : Number.NaN;
      },
    };
    expect(write(value)).toBe('{"answer":42}');
  });

  it("takes class instances for their own members", () => {
    class Money {
      readonly amount = 5;
      readonly currency = "EUR";
    }
    expect(write(new Money())).toBe('{"amount":5,"currency":"EUR"}');
  });

  it("takes one object in several places, which is not a cycle", () => {
    const shared = { x: 1 };
    expect(write([shared, shared, { shared }])).toBe('[{"x":1},{"x":1},{"shared":{"x":1}}]');
  });

  it("takes 500 levels and refuses 501", () => {
    const nested = (levels: number): unknown => {
      let value: unknown = 1;
      for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value };
      return value;
    };
    expect(parseJson(write(nested(500)))).toEqual(nested(500));
    expect(() => write(nested(501))).toThrow("more than 500 levels");
  });

  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const refused: readonly (readonly [string, unknown, string, string])[] = [
    ["undefined", undefined, "", "undefined is not a JSON value"],
    ["NaN", { a: [1, Number.NaN] }, ".a[1]", "NaN is not a JSON number"],
    ["an infinity", { a: Number.NEGATIVE_INFINITY }, ".a", "-Infinity is not a JSON number"],
    ["a bigint", { a: 1n }, ".a", "a bigint is not a JSON value"],
    ["a symbol", { a: Symbol("s") }, ".a", "a symbol is not a JSON value"],
    ["a symbol as key", { a: { [Symbol("s")]: 1 } }, ".a", "an object has a member whose key is a symbol"],
    ["a function", { a: () => 1 }, ".a", "a function is not a JSON value"],
    ["a Map", { a: new Map([[1, 2]]) }, ".a", "a Map is not a JSON value"],
    ["a Set", { a: new Set([1]) }, ".a", "a Set is not a JSON value"],
    ["a regular expression", { a: /x/ }, ".a", "a RegExp is not a JSON value"],
    ["an error", { a: new Error("x") }, ".a", "a Error is not a JSON value"],
    ["bytes", { a: new Uint8Array(2) }, ".a", "a Uint8Array is not a JSON value"],
    ["a boxed number", { a: new Number(1) }, ".a", "a Number is not a JSON value"],
    ["an invalid date", { a: new Date(Number.NaN) }, ".a", "an invalid Date"],
    [
      "a sparse array",
      { a: new Array(2) },
      ".a[0]",
      "a missing or undefined array element, which JSON turns into null",
    ],
    [
      "undefined in an array",
      [1, undefined],
      "[1]",
      "a missing or undefined array element, which JSON turns into null",
    ],
    ["a cycle", { a: cycle }, ".a.self", "a cycle"],
    ["a lone surrogate", { "odd key": "\ud800" }, '["odd key"]', "a string contains a lone surrogate"],
    ["a lone surrogate in a key", { "\udc00": 1 }, '["\\udc00"]', "a string contains a lone surrogate"],
    ["\\u0000", { a: "x\u0000y" }, ".a", "a string contains \\u0000"],
    ["\\u0000 in a key", { "x\u0000": 1 }, '["x\\u0000"]', "a string contains \\u0000"],
  ];

  it.each(refused)("refuses %s and says where and why", (...[, value, path, reason]) => {
    const fault = { code: "INVALID_EVENT", path: `events[0].payload${path}`, reason };
    expect(() => write(value)).toThrow(expect.objectContaining(fault));
    expect(() => sortedJsonOf(value, () => ["events", 0, "payload"])).toThrow(expect.objectContaining(fault));
  });

  it("refuses a symbol as key among others that do not count, and takes those that do not count", () => {
    const hidden = Object.defineProperty({ a: 1 }, Symbol("hidden"), { value: 2 });
    expect(write(hidden)).toBe('{"a":1}');
    expect(() => write(Object.assign(hidden, { [Symbol("shown")]: 3 }))).toThrow("whose key is a symbol");
  });

  it("takes null from toJSON, but not from an invalid date", () => {
    expect(write({ a: { toJSON: () => null } })).toBe('{"a":null}');
    expect(() => write({ a: Object.assign(new Date(Number.NaN), { b: 1 }) })).toThrow("an invalid Date");
  });

  it("makes a member named __proto__ that is like any other", () => {
    const { value } = jsonFormOf(parseJson('{"__proto__":1}'), () => []);
    const member = { value: 1, enumerable: true, configurable: true, writable: true };
    expect(Object.getOwnPropertyDescriptor(value, "__proto__")).toEqual(member);
  });

  it("asks the toJSON of the whole with an empty key, and says when it throws", () => {
    expect(write({ toJSON: (key: string) => [key] })).toBe('[""]');
    const cause = new Error("no");
    const toJSON = (): never => {
      throw cause;
    };
    const fault = { path: "events[0].payload", reason: "it could not be read", cause };
    expect(() => write({ toJSON })).toThrow(expect.objectContaining(fault));
  });

  it("refuses a getter that throws, with what it threw as the cause", () => {
    const cause = new Error("no");
    const value = {
      get broken(): never {
        throw cause;
      },
    };
    expect(() => write({ value })).toThrow(
      expect.objectContaining({ code: "INVALID_EVENT", path: "events[0].payload.value.broken", cause }),
    );
  });
});
