import { describe, expect, it } from "vitest";
import { ABSENT, differencesBetween, valueAt } from "../../src/specification/difference.ts";
import { differencesText } from "../../src/specification/difference-text.ts";

describe("differencesBetween", () => {
  it("finds nothing between values that are alike", () => {
    const date = new Date(5);
    const value = { a: [1, { b: date }], m: new Map([["k", new Set([1])]]), n: Number.NaN, u: undefined };
    expect(differencesBetween(value, { ...value, u: undefined, b: undefined, a: [1, { b: new Date(5) }] })).toEqual([]);
  });

  it("goes down to the innermost place", () => {
    expect(differencesBetween({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }, 4] })).toEqual([
      { path: ["a", 1, "b"], expected: 2, actual: 3 },
      { path: ["a", 2], expected: ABSENT, actual: 4 },
    ]);
  });

  it("keeps apart what only looks alike", () => {
    for (const [one, other] of [
      [0, -0],
      [1, "1"],
      [null, undefined],
      [[], {}],
      [[undefined], []],
      [new Date(0), new Date(1)],
    ]) {
      expect(differencesBetween({ v: [one] }, { v: [other] }), `${String(one)} ${String(other)}`).toHaveLength(1);
    }
    class Point {
      readonly x = 1;
    }
    expect(differencesBetween({ x: 1 }, new Point())).toHaveLength(1);
  });

  it("sees own members only", () => {
    expect(differencesBetween({}, JSON.parse('{"__proto__":1}'))).toEqual([
      { path: ["__proto__"], expected: ABSENT, actual: 1 },
    ]);
    expect(valueAt({}, ["constructor"])).toBe(ABSENT);
    expect(valueAt({ a: [1] }, ["a", 0, "b"])).toBe(ABSENT);
  });
});

describe("differencesText", () => {
  it("writes paths as a person would", () => {
    const path = ["items", 0, "unit price", "__proto__"];
    expect(differencesText([{ path, expected: 1, actual: ABSENT }])).toBe(
      '  items[0]["unit price"].__proto__\n    expected: 1\n    actual:   nothing',
    );
  });

  it("cuts what is long and counts what is many", () => {
    const many = Array.from({ length: 13 }, (_, n) => ({ path: [n], expected: "x".repeat(1_000), actual: n }));
    const text = differencesText(many);
    expect(text.length).toBeLessThan(5_000);
    expect(text).toContain("… and 3 more");
  });
});
