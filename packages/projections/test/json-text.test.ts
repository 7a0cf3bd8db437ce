import { canonicalJson } from "@eventfold/query";
import { jsonTextOf } from "@eventfold/store";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("the text of a state", () => {
  it("is the canonical text that databases compare with", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "grapheme", maxDepth: 5 }), (value) => {
        const kept = JSON.parse(JSON.stringify(value));
        expect(jsonTextOf(value, ["state"], { memberOrder: "sorted" })).toBe(canonicalJson(kept));
      }),
      { numRuns: process.env.EVENTFOLD_SOAK ? 100_000 : 2_000 },
    );
  });
});
