import type { QueryDocument } from "@eventfold/query";
import type { JsonValue } from "@eventfold/types";
import fc from "fast-check";

/** Names that JSON paths, SQL texts or JavaScript's objects could take for something else. */
const HARD_NAMES = ["__proto__", "constructor", "0", "", "a.b", "$", "[0]", '"', "'", "\\", "?", "\u{1F600}", "\u00E9"];

/** Names of members: few, so that paths find something. */
export const names: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("a", "b", "list") },
  { weight: 1, arbitrary: fc.constantFrom(...HARD_NAMES) },
);

/** Texts that differ by case, encoding, normalisation, or in what LIKE, SQL and JSON read into them. */
export const storedTexts: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("", "a", "A", "ab", "a b", "5", "true", "null", "[]", "%", "_", "'", '"', "\\", "\n", "\u0001"),
  fc.constantFrom("\uFF5E", "\u{1F600}", "\u{10FFFF}", "\uD7FF", "\uE000", "\u00E9", "e\u0301", "\u212A", "\u2028"),
  fc.string({ unit: "binary", maxLength: 4 }).map((text) => text.replaceAll("\0", "")),
);

/** Numbers that meet, numbers at which 64 bits and doubles part, and any others. */
const numbers: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -2, max: 6 }),
  fc.constantFrom(0.1, 0.30000000000000004, 1e21, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 1 / 3),
  fc.constantFrom(2 ** 53, 2 ** 53 + 2, 2 ** 60, -(2 ** 62), 2 ** 63, -(2 ** 63), 2 ** 64),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** What has an order. */
export const scalars: fc.Arbitrary<string | number | boolean> = fc.oneof(numbers, storedTexts, fc.boolean());

/** JSON of every shape. */
export const values: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 6, arbitrary: scalars },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
    { weight: 3, arbitrary: fc.array(fc.tuple(names, tie("value")), { maxLength: 4 }).map(Object.fromEntries) },
  ),
})).value;

const objects = fc.array(fc.tuple(names, values), { minLength: 1, maxLength: 4 }).map(Object.fromEntries);

const sources = fc.constantFrom<QueryDocument["source"]>(
  { kind: "log" },
  { kind: "category", category: "a" },
  { kind: "stream", category: "a", stream: "b" },
);

/** Documents of two names, as a storage can hold them together. */
export const documentSets: fc.Arbitrary<readonly QueryDocument[]> = fc.uniqueArray(
  fc.record({
    id: fc.oneof(fc.constantFrom("1", "10", "2", "a", "A", "\u{1F600}", "\uFF5E"), fc.uuid()),
    name: fc.constantFrom("account", "order"),
    source: sources,
    state: fc.oneof({ weight: 6, arbitrary: objects }, { weight: 1, arbitrary: values }),
    metadata: values,
  }),
  { maxLength: 20, selector: ({ name, id }) => `${name}/${id}` },
);
