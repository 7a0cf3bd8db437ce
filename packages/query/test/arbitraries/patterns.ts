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

/** Regular expressions of the portable subset. */
export const patterns: fc.Arbitrary<string> = fc.letrec<{ choice: string; sequence: string; item: string }>((tie) => ({
  choice: fc.array(tie("sequence"), { minLength: 1, maxLength: 2 }).map((parts) => parts.join("|")),
  sequence: fc.array(tie("item"), { maxLength: 4 }).map((items) => items.join("")),
  item: fc
    .tuple(
      fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        { weight: 4, arbitrary: atoms },
        { weight: 1, arbitrary: tie("choice").map((inner) => `(${inner})`) },
        { weight: 1, arbitrary: tie("choice").map((inner) => `(?:${inner})`) },
      ),
      repeats,
    )
    .map(([atom, repeat]) => (atom === "^" || atom === "$" ? atom : atom + repeat)),
})).choice;
