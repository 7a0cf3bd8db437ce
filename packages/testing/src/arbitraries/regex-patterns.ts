import { parseRegex } from "@eventfold/query";
import { isEventfoldError } from "@eventfold/types";
import fc from "fast-check";

const atoms: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 6, arbitrary: fc.constantFrom("a", "b", "A", "1", "é", "\u{1F600}", ".", "x") },
    {
      weight: 2,
      arbitrary: fc.constantFrom("\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "\\.", "\\n", "\\u0041", "\\\\", "\\-"),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "[ab]",
        "[^a]",
        "[a-z]",
        "[\\d_-]",
        "[^\\w]",
        "[a\\-z]",
        "[\u{1F600}-\u{1F64F}]",
        "[^\\S\\n]",
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("^", "$", "'", '"', "%", " ", "#", "-", ":", "=", "!", "&", "~", "@", "<", "\n"),
    },
  )
  .filter((atom) => atom !== "\\-");

const repeats = fc.constantFrom("", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{0}", "{1,}", "{0,2}", "{1,3}?");

/** Regular expressions of the portable subset, in which groups are repeated as given. */
function patternsWith(groupRepeats: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const repeatedAtoms = fc.tuple(atoms, repeats).map(([atom, repeat]) => (ANCHORS.has(atom) ? atom : atom + repeat));
  return fc.letrec<{ choice: string; sequence: string; item: string }>((tie) => {
    const group = (open: string) =>
      fc.tuple(tie("choice"), groupRepeats).map(([inner, repeat]) => `${open}${inner})${repeat}`);
    return {
      choice: fc.array(tie("sequence"), { minLength: 1, maxLength: 2 }).map((parts) => parts.join("|")),
      sequence: fc.array(tie("item"), { maxLength: 4 }).map((items) => items.join("")),
      item: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        { weight: 4, arbitrary: repeatedAtoms },
        { weight: 1, arbitrary: group("(") },
        { weight: 1, arbitrary: group("(?:") },
      ),
    };
  }).choice;
}

const ANCHORS: ReadonlySet<string> = new Set(["^", "$"]);

/** Regular expressions of the portable subset, including some with which a backtracking engine would never finish. */
export const patterns: fc.Arbitrary<string> = patternsWith(repeats).filter(isWithinLimits);

const OF_LIMITS = /longer than|too many ways|nothing can|anchor cannot/;

/**
 * Whether a pattern keeps the limits of a query. Nested repetitions may exceed them, and anchors may be where they are not allowed. If a
 * query refuses a pattern for any other reason, a test should find that.
 */
function isWithinLimits(pattern: string): boolean {
  try {
    parseRegex(pattern);
    return true;
  } catch (error) {
    return !(isEventfoldError(error, "UNSUPPORTED_REGEX") && OF_LIMITS.test(error.reason));
  }
}

/** Regular expressions that are safe for a backtracking engine: with few repetitions, none of them of a group. */
export const tamePatterns: fc.Arbitrary<string> = patternsWith(fc.constant("")).filter(
  (pattern) => isWithinLimits(pattern) && pattern.length < 40 && (pattern.match(/[*+?{]/g) ?? []).length <= 5,
);
