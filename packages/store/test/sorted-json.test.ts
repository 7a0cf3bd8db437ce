import { parseJson } from "@eventfold/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonFormOf, sortedJsonOf } from "../src/json-form.ts";
import { runs } from "./run-size.ts";

const sorted = (value: unknown) => sortedJsonOf(value, () => ["state"]);

/** The names of every object in a value, in their order. */
function namesIn(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.values(value).flatMap(namesIn);
  return Array.isArray(value) ? below : [Object.keys(value), ...below];
}

describe("sortedJsonOf", () => {
  it("copies every JSON value, and tells whether all of its members are sorted", () => {
    const names = fc.oneof(
      fc.constantFrom("a", "b", "\uff5e", "\u{1f600}", "10", "9", "__proto__", "", "\\"),
      fc.string(),
    );
    const values = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, fc.integer(), fc.string(), tie("list"), tie("members")),
      list: fc.array(tie("value")),
      members: fc.array(fc.tuple(names, tie("value"))).map(Object.fromEntries),
    })).value;
    fc.assert(
      fc.property(values, (input) => {
        fc.pre(!JSON.stringify(input).includes("\\u0000"));
        const { value, isSorted } = sorted(input);
        expect(value).toEqual(jsonFormOf(input, () => []).value);
        if (isSorted) for (const each of namesIn(value)) expect(each).toEqual(each.toSorted());
      }),
      { numRuns: runs(300) },
    );
  });

  it("sorts members at every depth, without those that hold undefined", () => {
    const copy = sorted({ b: [{ z: 1, gone: undefined, y: '"' }], a: { d: null, c: true }, B: {} });
    expect(copy.isSorted).toBe(true);
    expect(JSON.stringify(copy.value)).toBe('{"B":{},"a":{"c":true,"d":null},"b":[{"y":"\\"","z":1}]}');
  });

  it("sorts objects whose names begin alike, again and again", () => {
    const kinds = Array.from({ length: 40 }, (_, kind) => ({ kind, [`b${kind}`]: 1, [`a${39 - kind}`]: 2 }));
    for (const each of [...kinds, ...kinds]) {
      expect(Object.keys(sorted(each).value as object)).toEqual(Object.keys(each).toSorted());
    }
  });

  it.each([
    ["an integer, which JavaScript puts first", { a: 1, "5": 2 }],
    ["__proto__", parseJson('{"b":1,"__proto__":{"a":1}}')],
    ["a very long name", { ["x".repeat(65)]: 1 }],
    ["a name beyond the basic plane", { "\u{1f600}": 1 }],
    ["many names", Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`n${n}`, n]))],
  ])("says that it did not sort %s, and copies it", (_, input) => {
    expect(sorted([input])).toEqual({ value: [input], isSorted: false });
  });

  it("reads members in the order in which they are, once, and names the first fault", () => {
    const read: string[] = [];
    const value = {
      get b() {
        return read.push("b");
      },
      get a() {
        return read.push("a");
      },
    };
    expect(JSON.stringify(sorted(value).value)).toBe('{"a":2,"b":1}');
    expect(() => sorted({ b: 1n, a: Number.NaN })).toThrow(expect.objectContaining({ path: "state.b" }));
    expect(() => sorted({ b: 1, a: { d: 1, c: 1n } })).toThrow(expect.objectContaining({ path: "state.a.c" }));
  });
});
