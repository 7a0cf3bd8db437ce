import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { patterns, tamePatterns, texts } from "../../testing/src/arbitraries/index.ts";
import type { UnsupportedRegexError } from "../src/index.ts";
import { compileRegex, filter, parseQuery, parseRegex, printRegex } from "../src/index.ts";
import { oracleMatches } from "./regex-oracle.ts";
import { runs } from "./run-size.ts";

function refusal(pattern: string): UnsupportedRegexError {
  try {
    parseRegex(pattern);
  } catch (error) {
    return error as UnsupportedRegexError;
  }
  throw new Error(`${pattern} was accepted`);
}

describe("parseRegex", () => {
  it.each([
    ["(?=a)", 1],
    ["(?!a)", 1],
    ["(?<=a)b", 1],
    ["(?<name>a)", 1],
    ["(?i)a", 1],
    ["(a)\\1", 3],
    ["\\bword", 0],
    ["\\Bword", 0],
    ["\\x41", 0],
    ["\\u{41}", 0],
    ["\\uD83D\\uDE00", 6],
    ["\\u0000", 6],
    ["\\p{L}", 0],
    ["\\cA", 0],
    ["\\y", 0],
    ["\\-", 0],
    ["\\", 0],
    ["[[:alpha:]]", 1],
    ["[]a]", 1],
    ["[^]", 2],
    ["[a", 2],
    ["[z-a]", 4],
    ["[a-\\d]", 5],
    ["[\\d-x]", 3],
    ["[a-c-e]", 4],
    ["[^\\d\\D]", 7],
    ["***:abc", 0],
    ["*a", 0],
    ["a**", 3],
    ["a*??", 4],
    ["a{2}{3}", 7],
    ["a{3,2}", 6],
    ["a{256}", 6],
    ["a{,3}", 1],
    ["a{b}", 1],
    ["}", 0],
    ["]", 0],
    ["(", 1],
    ["(?", 1],
    ["a)", 1],
    ["^*", 2],
    ["$+", 2],
    ["a\0", 0],
    ["\uD800", 0],
  ])("refuses %j where it goes wrong", (pattern, index) => {
    const error = refusal(pattern);
    expect(error.code).toBe("UNSUPPORTED_REGEX");
    expect({ pattern: error.pattern, index: error.index }).toEqual({ pattern, index });
  });

  it("refuses repetitions whose product explodes, long patterns and deep groups", () => {
    expect(refusal("(a{100}){11}").reason).toMatch(/written out/);
    expect(refusal("((a{10}){10}){11}").reason).toMatch(/written out/);
    expect(refusal("a".repeat(1001)).reason).toMatch(/longer than 1000/);
    expect(refusal(`${"(".repeat(51)}${")".repeat(51)}`).reason).toMatch(/50 deep/);
    expect(parseRegex("((a{10}){10}){10}").tree.kind).toBe("repeat");
  });

  it("is asked when a clause is built or parsed, and says where", () => {
    expect(() => filter("state.a", "regex_matches", "(?=a)")).toThrowError(
      expect.objectContaining({ code: "UNSUPPORTED_REGEX", path: "filter.value" }),
    );
    const query = { filters: [{ kind: "filter", field: "state.a", operator: "not_regex_matches", value: "\\b" }] };
    expect(() => parseQuery(query)).toThrowError(
      expect.objectContaining({ code: "UNSUPPORTED_REGEX", path: "filters[0].value" }),
    );
  });
});

describe("printRegex", () => {
  it.each([
    ["^a.b$", "^a.b$", "^a.b$"],
    ["\\d+|\\w", "[0-9]+|[0-9A-Z\\x{5F}a-z]", "[0-9]+|[0-9A-Z\\u005Fa-z]"],
    ["(a|b)*?c", "(?:a|b)*c", "(?:a|b)*c"],
    ["a\\.\u{1F600}", "a\\x{2E}\\x{1F600}", "a\\u002E\\U0001F600"],
    ["[^a-c\\]]{2,}", "[^\\x{5D}a-c]{2,}", "[^\\u005Da-c]{2,}"],
    ["", "(?:)", "(?:)"],
  ])("prints %j for each dialect", (pattern, re2, postgres) => {
    const { tree } = parseRegex(pattern);
    expect([printRegex(tree, "re2"), printRegex(tree, "postgres")]).toEqual([re2, postgres]);
  });
});

describe("compileRegex", () => {
  it("matches what ECMAScript matches, where that can be asked", () => {
    fc.assert(
      fc.property(tamePatterns, fc.array(texts, { minLength: 1 }), (pattern, samples) => {
        const ours = compileRegex(pattern);
        const original = new RegExp(pattern, "us");
        const printed = new RegExp(printRegex(parseRegex(pattern).tree, "ecmascript"), "us");
        for (const text of samples) {
          expect(ours(text), JSON.stringify({ pattern, text })).toBe(original.test(text));
          expect(printed.test(text), JSON.stringify({ pattern, text })).toBe(original.test(text));
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  it("matches what the tree says, for every pattern of the subset", () => {
    fc.assert(
      fc.property(patterns, fc.array(texts, { minLength: 1 }), (pattern, samples) => {
        const regex = parseRegex(pattern);
        const ours = compileRegex(regex);
        for (const text of samples) {
          expect(ours(text), JSON.stringify({ pattern, text })).toBe(oracleMatches(regex.tree, text));
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  it("anchors at the whole text only", () => {
    expect(compileRegex("^b")("a\nb")).toBe(false);
    expect(compileRegex("a$")("a\n")).toBe(false);
  });

  it.each(["(a+)+$", "(a|a)*b", "(.*){20}x", "(?:a?){250}a{250}b", "([a-z]+)*[0-9]"])(
    "answers for %j where backtracking would not end",
    (pattern) => {
      expect(compileRegex(pattern)(`${"a".repeat(20_000)}!`)).toBe(false);
    },
  );
});
