import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { similarityOf, trigramsOf } from "../src/index.ts";

/** Results of `select similarity(…)::float8` in PostgreSQL 15. */
const POSTGRES_RESULTS: readonly (readonly [string, string, number])[] = [
  ["eventfold", "event fold", 0.6153846383094788],
  ["ab", "abc", 0.4000000059604645],
  ["Lagos", "lagos", 1],
  ["word", "two words", 0.3636363744735718],
  ["Amara Okafor", "amara", 0.4615384638309479],
  ["a", "b", 0],
  ["abc def", "def abc", 1],
  ["x1-y2", "X1 y2 z3", 0.6666666865348816],
  ["aaaa", "aaaaaaaa", 1],
  ["hello world", "help wanted", 0.20000000298023224],
];

describe("trigramsOf", () => {
  it("pads each word with two blanks before and one after", () => {
    expect([...trigramsOf("Go, b2!")]).toEqual(["  g", " go", "go ", "  b", " b2", "b2 "]);
  });

  it("counts a trigram once", () => {
    expect(trigramsOf("aaaaaa").size).toBe(4);
  });

  it("treats everything but ASCII letters and digits as the end of a word", () => {
    expect(trigramsOf("caf\u00E9")).toEqual(trigramsOf("caf"));
    expect(trigramsOf("\u212A\u0130\u{1F600}").size).toBe(0);
    expect(trigramsOf("a_b")).toEqual(trigramsOf("a b"));
  });
});

describe("similarityOf", () => {
  it.each(POSTGRES_RESULTS)("of %j and %j is what pg_trgm says", (left, right, expected) => {
    expect(similarityOf(left, right)).toBe(expected);
  });

  it("is 0 where there is no word", () => {
    expect([similarityOf("", ""), similarityOf("a", "!"), similarityOf("é", "é")]).toEqual([0, 0, 0]);
  });

  it("is symmetric, 1 of a text with itself, and ignores case", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        expect(similarityOf(left, right)).toBe(similarityOf(right, left));
        expect(similarityOf(left, left)).toBe(trigramsOf(left).size === 0 ? 0 : 1);
      }),
    );
  });
});
