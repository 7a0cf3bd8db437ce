import type { JsonObject, JsonValue } from "@eventfold/types";
import fc from "fast-check";
import { anyTexts } from "./any-texts.ts";

/** Names of members: few, so that paths find something; some that are difficult as object keys, in JSON paths or in SQL. */
export const memberNames: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("a", "b", "c", "list", "owner") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        "__proto__",
        "constructor",
        "length",
        "0",
        "-1",
        "",
        " ",
        "a.b",
        "$x",
        "[0]",
        'say "x"',
        "it's",
        "back\\slash",
      ],
      ...["é", "e\u0301", "\u{1F600}", "\uFF5E", "toString", "hasOwnProperty", "?", "{a,0}", "%"],
    ),
  },
);

/** Texts: few and short, so that equal ones occur; with characters whose order, case or matching depends on the encoding. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("", "a", "A", "b", "ab", "abc", "Lagos", "lagos", "10", "9", "true", "null"),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "\uFF5E",
      "\u{1F600}",
      "\u{10FFFF}",
      "\uE000",
      "é",
      "e\u0301",
      "ß",
      "İ",
      "\u212A",
      "\u00A0",
      "\n",
      "a\nb",
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("%", "_", "*", "a_c", "'", '"', "\\", "[1,2]", "{}", " a", "a ", "\u0001", "\u2028"),
  },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 12 }) },
  { weight: 1, arbitrary: anyTexts({ from: 0, to: 6 }) },
);

/** Numbers: small ones, so that equal ones occur, and the limits of doubles. */
export const numbers: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 12 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[-0, 0.1, 0.30000000000000004, 0.5, 1e21, -1e21, 1e300, 5e-324, -5e-324, 2.2250738585072014e-308],
      ...[
        Number.MAX_VALUE,
        -Number.MAX_VALUE,
        Number.MAX_SAFE_INTEGER,
        2 ** 53 + 2,
        -(2 ** 53),
        2 ** 60,
        -(2 ** 62),
        2 ** 63,
        2 ** 64,
        1 / 3,
      ],
    ),
  },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
);

/** Scalars of every type, `null` among them. */
export const scalars: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 4, arbitrary: numbers },
  { weight: 4, arbitrary: texts },
  { weight: 2, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constant(null) },
);

/** JSON of every shape: mixed types, empty and nested arrays and objects, members with difficult names. */
export const jsonValues: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 5, arbitrary: scalars },
    { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 4 }) },
    { weight: 3, arbitrary: objectsOf(tie("value")) },
  ),
})).value;

/** Objects whose members have such values. */
export function objectsOf(values: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> {
  const members = fc.array(fc.tuple(memberNames, values), { maxLength: 5 });
  return members.map((entries) => Object.fromEntries(entries)); // Makes `__proto__` an own member, as JSON.parse does.
}
