import { parseJson } from "@eventfold/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonFormOf } from "../src/json-form.ts";
import { endOfWrittenJson } from "../src/written-json.ts";
import { runs } from "./run-size.ts";

/** Whether a text is what the library writes for what it reads it as, found by reading and writing. */
function isWritten(text: string): boolean {
  try {
    return jsonFormOf(parseJson(text), () => []).text === text;
  } catch {
    return false;
  }
}

/** JSON in the words of those who write it otherwise, and what is nearly JSON. */
const texts: fc.Arbitrary<string> = fc.letrec<{ value: string; name: string }>((tie) => ({
  name: fc.constantFrom('"a"', '"b"', '"ab"', '"\\""', '"\\u0061"', '"__proto__"', '"1"', '""', '"é"', "a"),
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("0", "-0", "1.0", "1.5", "0.000001", "0.0000001", "1e21", "01", "-", "1.", "true", "nul", "null"),
    fc.double().map(String),
    fc.integer().map(String),
    fc.tuple(fc.nat(10 ** 9), fc.nat(10 ** 8)).map(([whole, part]) => `${whole}.${part}`),
    fc.constantFrom('"\\n"', '"\\/"', '"\\u000b"', '"\u{1f600}"', '"\ud800"', '"\t"', '"\\u0000"', '"\u2028"', '"\\"'),
    fc.string().map((text) => JSON.stringify(text)),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(",")}]`),
    fc.array(fc.tuple(tie("name"), tie("value")), { maxLength: 4 }).map((members) => {
      return `{${members.map(([name, value]) => `${name}:${value}`).join(",")}}`;
    }),
  ),
})).value;

describe("endOfWrittenJson", () => {
  it("is certain only of what the library writes just so", () => {
    const certain: string[] = [];
    fc.assert(
      fc.property(texts, fc.nat(200), fc.constantFrom("", "", ...'{}[]",:\\0.1e- u'), (text, place, inserted) => {
        const tried = inserted === "" ? text : `${text.slice(0, place)}${inserted}${text.slice(place + 1)}`;
        if (endOfWrittenJson(tried, 0) !== tried.length) return;
        certain.push(tried);
        expect(isWritten(tried), tried).toBe(true);
      }),
      { numRuns: runs(3_000) },
    );
    expect(certain.length).toBeGreaterThan(100);
  });

  it("ends behind the value, wherever that begins", () => {
    const value = '{"a":[{"b":"x\\"\\n"},[],{}],"c":-0.5,"d":true,"e":false,"f":null,"é":123456789012345}';
    expect(endOfWrittenJson(value, 0)).toBe(value.length);
    expect(endOfWrittenJson(`##${value}##`, 2)).toBe(value.length + 2);
    expect(endOfWrittenJson(`##${value}`, value.length + 2)).toBe(-1);
  });

  it("leaves alone what is deeper or wider than it remembers", () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}[]${"}".repeat(levels)}`;
    const wide = (members: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: members }, (_, n) => [`m${n}`, n])));
    expect(endOfWrittenJson(nested(16), 0)).toBe(nested(16).length);
    expect(endOfWrittenJson(wide(32), 0)).toBe(wide(32).length);
    for (const text of [nested(17), wide(33), nested(100_000), "[".repeat(100_000)]) {
      expect(endOfWrittenJson(text, 0)).toBe(-1);
    }
  });
});
