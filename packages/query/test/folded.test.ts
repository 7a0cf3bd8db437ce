import { filter, foldCase, folded, not, path, planCount } from "@eventfold/query";
import { describe, expect, it } from "vitest";
import { CASE_FOLDS } from "../src/functions/case-folds.ts";

const engineUnicode = Number(process.versions.unicode);

describe("foldCase", () => {
  it.each([
    ["Anna_9", "anna_9"],
    ["ÅNGSTRÖM", "ångström"],
    ["A\u030a", "a\u030a"],
    ["ΟΔΥΣΣΕΎΣ οδυσσεύς", "οδυσσεύσ οδυσσεύσ"],
    ["\u212a \u017f \u00b5", "k s \u03bc"],
    ["STRASSE Straße STRAẞE", "strasse straße straße"],
    ["İIıi", "İiıi"],
    ["\u{10400}\u{1f600}", "\u{10428}\u{1f600}"],
    ["", ""],
  ])("of %j is %j, which folds to itself", (text, expected) => {
    expect(foldCase(text)).toBe(expected);
    expect(foldCase(expected)).toBe(expected);
  });

  it.skipIf(engineUnicode < 16)(
    `folds alike what ECMAScript compares alike (Unicode ${process.versions.unicode}; needs 16)`,
    () => {
      const classes = Map.groupBy(new Set([...CASE_FOLDS.keys(), ...CASE_FOLDS.values()]), foldCase);
      const all = [...classes.values()].flat().join("");
      for (const [fold, members] of classes) {
        expect(new Set(all.match(new RegExp(fold, "giu")))).toEqual(new Set(members));
      }
    },
  );

  it("has a table of 1,481 characters, each of which folds to one that does not", () => {
    expect(CASE_FOLDS.size).toBe(1481);
    for (const fold of CASE_FOLDS.values()) expect(CASE_FOLDS.has(fold)).toBe(false);
  });
});

describe("folded", () => {
  const field = folded(path.unchecked("state", "a"));

  it("folds what it is compared with, negated and in lists too, but not patterns and values that are not texts", () => {
    const tests = [
      filter(field, "equal", "Ab"),
      not(filter(field, "in", ["Ab", "É", 1 as never])),
      filter(field, "less_than_or_equal", "Ab"),
      filter(field, "contains_text", "Σ"),
      filter(field, "regex_matches", "Ab"),
      filter(path.unchecked("state", "a"), "equal", "Ab" as never),
    ].map((clause) => planCount({ filters: [clause] }).filter);
    expect(tests).toMatchObject([
      { test: { kind: "equal", value: "ab" } },
      { test: { kind: "one_of", values: ["ab", "é", 1] }, isNegated: true },
      { test: { kind: "order", value: "ab" } },
      { test: { kind: "text", text: "σ" } },
      { test: { kind: "regex", regex: { pattern: "Ab" } } },
      { test: { kind: "equal", value: "Ab" } },
    ]);
  });
});
