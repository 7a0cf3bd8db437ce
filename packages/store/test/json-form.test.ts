import { parseJson } from "@eventfold/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonFormOf } from "../src/json-form.ts";

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
      fc.property(fc.jsonValue({ stringUnit: "binary", maxDepth: 6 }), (value) => {
        fc.pre(!JSON.stringify(value).includes("\\u0000"));
        expect(write(value)).toBe(JSON.stringify(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it("writes what JSON.stringify writes, for every well-formed string", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(!text.includes("\u0000"));
        expect(write({ [text]: text })).toBe(JSON.stringify({ [text]: text }));
      }),
      { numRuns: 5_000 },
    );
  });

  it("writes what JSON.stringify writes, for every finite number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(write(number)).toBe(JSON.stringify(number));
      }),
      { numRuns: 5_000 },
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

  it("takes one object in several places, which is no cycle", () => {
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
  const refused: readonly (readonly [string, unknown, string])[] = [
    ["undefined", undefined, "events[0].payload"],
    ["NaN", { a: [1, Number.NaN] }, "events[0].payload.a[1]"],
    ["an infinity", { a: Number.NEGATIVE_INFINITY }, "events[0].payload.a"],
    ["a bigint", { a: 1n }, "events[0].payload.a"],
    ["a symbol", { a: Symbol("s") }, "events[0].payload.a"],
    ["a symbol as key", { a: { [Symbol("s")]: 1 } }, "events[0].payload.a"],
    ["a function", { a: () => 1 }, "events[0].payload.a"],
    ["a Map", { a: new Map([[1, 2]]) }, "events[0].payload.a"],
    ["a Set", { a: new Set([1]) }, "events[0].payload.a"],
    ["a regular expression", { a: /x/ }, "events[0].payload.a"],
    ["an error", { a: new Error("x") }, "events[0].payload.a"],
    ["bytes", { a: new Uint8Array(2) }, "events[0].payload.a"],
    ["a boxed number", { a: new Number(1) }, "events[0].payload.a"],
    ["an invalid date", { a: new Date(Number.NaN) }, "events[0].payload.a"],
    ["a sparse array", { a: new Array(2) }, "events[0].payload.a[0]"],
    ["undefined in an array", [1, undefined], "events[0].payload[1]"],
    ["a cycle", { a: cycle }, "events[0].payload.a.self"],
    ["a lone surrogate", { "odd key": "\ud800" }, 'events[0].payload["odd key"]'],
    ["a lone surrogate in a key", { "\udc00": 1 }, 'events[0].payload["\\udc00"]'],
    ["\\u0000", { a: "x\u0000y" }, "events[0].payload.a"],
    ["\\u0000 in a key", { "x\u0000": 1 }, 'events[0].payload["x\\u0000"]'],
  ];

  it.each(refused)("refuses %s and says where", (_, value, path) => {
    expect(() => write(value)).toThrow(expect.objectContaining({ code: "INVALID_EVENT", path }));
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
