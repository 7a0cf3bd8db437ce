import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../src/index.ts";

/** Few characters, so that names often begin alike, and many of them are written with an escape. */
const text = fc.string({
  unit: fc.constantFrom("\\", '"', "\n", "\u0001", "n", "a", "~", "\u00e9", "\u{1f600}"),
  maxLength: 4,
});
const json = fc.jsonValue({ maxDepth: 4, noUnicodeString: false });
const tree = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(null, true, false),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie("value")), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
  ),
})).value;

describe("parseJson", () => {
  it("reads names as they are written, whatever was read before", () => {
    fc.assert(
      fc.property(tree, (value) => {
        const written = JSON.stringify(value);
        expect(JSON.stringify(parseJson(written))).toBe(written);
        const spaced = JSON.stringify(value, undefined, "\t");
        expect(JSON.stringify(parseJson(spaced))).toBe(written);
      }),
      { numRuns: 3_000 },
    );
  });

  it("reads any JSON as JSON.parse does where it is right", () => {
    fc.assert(
      fc.property(json, (value) => {
        const written = JSON.stringify(value);
        expect(JSON.stringify(parseJson(written))).toBe(written);
      }),
    );
  });

  it("keeps a member that is named __proto__, and the last of members of one name", () => {
    const read = parseJson('{"\\"":0,"__proto__":{"\\\\":1},"a\\n":1,"a\\n":[]}');
    expect(Object.entries(read as object)).toEqual([
      ['"', 0],
      ["__proto__", { "\\": 1 }],
      ["a\n", []],
    ]);
  });

  it.each(["", "{", '{"a\\', '{"a\\"', '{"a\\":', '["\\"', '{"\\x":1}', '"\\"'])(
    "refuses what is not JSON: %s",
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    },
  );

  it("reads a long text of escapes in a member", () => {
    const value = { 'a"': '"\\\n'.repeat(1_000_000) };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
  });
});
