import { canonicalJson } from "@eventfold/query";
import { parseJson } from "@eventfold/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { preparedProjection } from "../src/store/prepare-projection.ts";
import { accountProjector, STREAM } from "./account.ts";

const initial = accountProjector.initial(STREAM);

describe("the text of a state", () => {
  it("is the canonical text that databases compare with", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "grapheme", maxDepth: 5 }), (value) => {
        const kept = parseJson(JSON.stringify(value));
        const { state, metadata } = preparedProjection({ ...initial, state: value, metadata: value });
        expect([state, metadata]).toEqual([canonicalJson(kept), canonicalJson(kept)]);
      }),
      { numRuns: process.env.EVENTFOLD_SOAK ? 100_000 : 2_000 },
    );
  });
});
