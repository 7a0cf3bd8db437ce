import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { patterns, tamePatterns, texts } from "../../testing/src/arbitraries/index.ts";
import { compileRegex, filter, parseQuery, parseRegex, printRegex, UnsupportedRegexError } from "../src/index.ts";
import { oracleMatches } from "./regex-oracle.ts";
import { runs } from "./run-size.ts";

const SUPPORTED_ESCAPES = String.raw`\d \D \w \W \s \S \t \n \v \f \r \uXXXX and the punctuation of the syntax`;

const TOO_COSTLY =
  "it can match in too many ways; repeat less of what can be empty (a{0,9} instead of (a?){9}), or use fewer different characters";

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
    ["(^)?", 4],
    ["(a|^b){2}", 9],
    ["a^", 2],
    ["(?:)^", 5],
    ["$b", 2],
    ["(a|b$)c", 7],
    ["(a?){250}", 9],
    ["a\0", 0],
    ["\uD800", 0],
  ])("refuses %j where it goes wrong", (pattern, index) => {
    const error = refusal(pattern);
    expect(error.code).toBe("UNSUPPORTED_REGEX");
    expect({ pattern: error.pattern, index: error.index }).toEqual({ pattern, index });
  });

  it.each([
    ["\\q", `this escape is not supported; supported are ${SUPPORTED_ESCAPES}`],
    ["\\u0000", "no text has a NUL character"],
    ["\\ud800", "half of a surrogate pair; write the character itself"],
    ["\\udfff", "half of a surrogate pair; write the character itself"],
    ["\0", "it has a lone surrogate or a NUL character"],
    ["a".repeat(1001), "it is longer than 1000"],
    ["a)", "write \\) for a bracket that closes no group"],
    ["(a", "the group is not closed"],
    ["(?=a)", "only (…) and (?:…) are supported: no look-around, named groups or flags"],
    ["^?", "an anchor cannot be repeated, not even in a group"],
    ["(?:b|a$)*", "an anchor cannot be repeated, not even in a group"],
    ["(?:a|b^)", "nothing can precede ^, the start of the text"],
    ["(?:^a|$)(?:)", "nothing can follow $, the end of the text"],
    ["^(?:.?){255}$", TOO_COSTLY],
    ["a+*", "a repetition cannot be repeated; put it into a group"],
    ["+", "write \\+ for the character itself"],
    ["a{256,}", "a count must be at most 255"],
    ["a{1,256}", "a count must be at most 255"],
    ["a{2,1}", "the counts are out of order"],
    ["[]", "a set must not be empty; write \\] for a bracket"],
    ["[a", "the set is not closed"],
    ["[a-", "the set is not closed"],
    ["[^\\s\\S]", "the set matches no character"],
    ["[b-a]", "the range is out of order"],
    ["[a-\\d]", "a range must begin and end with single characters"],
    ["[[]", "write \\[ for a bracket in a set"],
    ["[a-c-e]", "write \\- for a hyphen in a set"],
    ["[\\d-x]", "write \\- for a hyphen in a set"],
    ["[+--a]", "write \\- for a hyphen in a set"],
  ])("says of %j: %s", (pattern, reason) => {
    expect(refusal(pattern).reason).toBe(reason);
  });

  it("says in its message where, and shows no more than the beginning of the pattern", () => {
    const reason = "an anchor cannot be repeated, not even in a group";
    const [whole, long] = [`^*${"a".repeat(98)}`, `^*${"a".repeat(99)}`];
    expect(refusal(whole).message).toBe(`Unsupported regular expression, at index 2 of "${whole}": ${reason}.`);
    expect(refusal(long).message).toBe(`Unsupported regular expression, at index 2 of "${whole}…": ${reason}.`);
    expect(refusal(long)).toMatchObject({ pattern: long, path: "" });
    expect(new UnsupportedRegexError({ pattern: "^*", index: 2, reason })).toMatchObject({ path: "" });
    expect(() => filter("state.a", "regex_matches", "^*")).toThrow(
      `Unsupported regular expression at filter.value, at index 2 of "^*": ${reason}.`,
    );
  });

  it.each([
    "a".repeat(1000),
    "(abcd){250}",
    "(ab|cd){250}",
    "(abcde){200,}",
    "(a{4}){1,250}",
    "(abcd){0,250}",
    "(.{100})?",
    "(^|,)[a-z]+(,|$)",
    "^(a|b$)|(c|^)$",
  ])("accepts %j, of at most 1000 characters written out", (pattern) => {
    expect(parseRegex(pattern).pattern).toBe(pattern);
  });

  it.each([
    "(abcd){251}",
    "(ab|cd){251}",
    "(abcde){201,}",
    "(a{4}){1,251}",
    "(abcd){0,251}",
    "(ab){251}(cd){250}",
    "(.{251}){4}?",
  ])("refuses %j, of more", (pattern) => {
    expect(refusal(pattern).reason).toBe("written out, its repetitions are longer than 1000");
  });

  it.each([
    ["a{0,250}b{0,250}c{0,250}", "(?:a?){250}"],
    ["(?:a?){99}", "(?:a?){100}"],
    ["(?:a*){98}", "(?:a*){99}"],
    ["(?:(?:a|bc)?){50}", "(?:(?:a|bc)?){90}"],
    ["\\S{250}|abcdefghijklmnopqrstuvwxyz", "(?:\\S?){40}|abcdefghijklmnopqrstuvwxyz"],
    ["[a-y]{250}|\\S?(?:[ab]|[cd]|[ef])", "\\S{250}|abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"],
    ["^[\\w.+-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,8}$", "^(?:[\\w.+-]{0,9}){70}$"],
    ["(?:\\w+\\s?){100}", "(?:\\w*\\s?){100}"],
  ])("accepts %j, and not %j, in which many ways lead to a match", (cheap, costly) => {
    expect(parseRegex(cheap).pattern).toBe(cheap);
    expect(refusal(costly)).toMatchObject({ reason: TOO_COSTLY, index: costly.length });
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
    ["a*.+[bc]?(de)*", "a*.+[b-c]{0,1}(?:de)*", "a*.+[b-c]{0,1}(?:de)*"],
    ["a{2}b{2,5}c{3,}(a{4}){5}", "a{2}b{2,5}c{3,}(?:a{4}){5}", "a{2}b{2,5}c{3,}(?:a{4}){5}"],
    ["[ca-bd-fex-zw-y]", "[a-fw-z]", "[a-fw-z]"],
    ["[abd]\\ue000", "[a-bd]\\x{E000}", "[a-bd]\\uE000"],
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
      { numRuns: runs(1000) },
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
      { numRuns: runs(1000) },
    );
  });

  it.each<[pattern: string, matching: readonly string[], others: readonly string[]]>([
    ["^\\t\\n\\v\\f\\r$", ["\t\n\v\f\r"], ["\t\n\f\v\r", "tnvfr"]],
    ["^\\ud7ff\\ue000\\u0041$", ["\ud7ff\ue000A"], ["\ud7ff\ue000B"]],
    ["^a{2}$", ["aa"], ["a", "aaa"]],
    ["^a{2,}$", ["aa", "aaa"], ["a"]],
    ["^a{2,10}$", ["aa", "a".repeat(10)], ["a", "a".repeat(11)]],
    ["^a{255}b{0,255}$", ["a".repeat(255)], ["a".repeat(256)]],
    ["^(?:ab|c)$", ["ab", "c"], ["ac", "?:ab"]],
    ["(?:^|b)a", ["ac", "bba"], ["ca"]],
    ["a(?:$|b)", ["ca", "ab"], ["ac"]],
    ["^[a-a]$", ["a"], ["b", "-"]],
    ["^[-a]$", ["-", "a"], ["b"]],
    ["^[a-]$", ["-", "a"], ["b"]],
    ["^[a-c-]$", ["-", "b"], ["d"]],
    ["^[\\d-]$", ["-", "7"], ["a"]],
    ["^[+--]$", ["+", ",", "-"], [".", "a"]],
    ["^[^-a]$", ["b"], ["-", "a"]],
    ["^[a\\-c]$", ["-", "a"], ["b"]],
    ["^[\\]\\^]$", ["]", "^"], ["\\"]],
  ])("%j matches all of %j and none of %j", (pattern, matching, others) => {
    const matches = compileRegex(pattern);
    expect([...matching, ...others].filter(matches)).toEqual(matching);
  });

  it("anchors at the whole text only", () => {
    expect(compileRegex("^b")("a\nb")).toBe(false);
    expect(compileRegex("a$")("a\n")).toBe(false);
  });

  it.each(["(a+)+$", "(a|a)*b", "(.*){20}x", "(?:a?){90}a{250}b", "([a-z]+)*[0-9]"])(
    "answers for %j where backtracking would not end",
    (pattern) => {
      expect(compileRegex(pattern)(`${"a".repeat(20_000)}!`)).toBe(false);
    },
  );
});
