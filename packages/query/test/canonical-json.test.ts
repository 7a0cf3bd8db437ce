import { parseJson } from "@eventfold/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonValues } from "../../testing/src/arbitraries/index.ts";
import { canonicalJson, isEqualJson } from "../src/index.ts";
import { runs } from "./run-size.ts";

describe("canonicalJson", () => {
  it("is the same text exactly for values that are deeply equal", () => {
    fc.assert(
      fc.property(jsonValues, jsonValues, (left, right) => {
        expect(canonicalJson(left) === canonicalJson(right)).toBe(isEqualJson(left, right));
        expect(isEqualJson(parseJson(canonicalJson(left)), left)).toBe(true);
      }),
      { numRuns: runs(1000) },
    );
  });

  it("orders members at every depth, __proto__ too", () => {
    expect(canonicalJson(parseJson('{"b":{"z":1,"a":[{"d":1,"c":2}]},"__proto__":0}'))).toBe(
      '{"__proto__":0,"b":{"a":[{"c":2,"d":1}],"z":1}}',
    );
  });
});
