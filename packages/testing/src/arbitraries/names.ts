import { NAME_LIMITS, type NameKind } from "@eventfold/types";
import fc from "fast-check";
import { anyTexts } from "./any-texts.ts";

/** Pieces of names that careless code treats wrongly. */
const PIECES = [
  "-",
  "_",
  " ",
  ".",
  "/",
  "%",
  "'",
  '"',
  "\\",
  "é",
  "e\u0301",
  "ß",
  "漢",
  "\u{1F600}",
  "__proto__",
  "$",
  "{",
  "}",
  ",",
  "NULL",
];

/** Names that the rules allow: mostly few and short, so that equal ones occur; some of any characters and up to the longest allowed. */
function namesOf(kind: NameKind, usual: readonly string[]): fc.Arbitrary<string> {
  const limit = NAME_LIMITS[kind];
  const odd = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.constantFrom("a", "B", "7")), {
    minLength: 1,
    maxLength: 8,
  });
  const all = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...usual) },
    { weight: 3, arbitrary: odd.map((pieces) => pieces.join("")) },
    { weight: 1, arbitrary: anyTexts({ from: 1, to: limit }).map((text) => text.replaceAll(/\p{Cc}/gu, " ")) },
  );
  return kind === "category" ? all.filter((name) => !name.startsWith("$")) : all; // those are the library's own
}

/**
 * Names of categories.
 *
 * @example
 * ```ts
 * fc.assert(fc.property(categoryNames, (name) => store.category(name).identifier.category === name));
 * ```
 */
export const categoryNames: fc.Arbitrary<string> = namesOf("category", ["accounts", "orders", "a"]);

/** Names of streams. */
export const streamNames: fc.Arbitrary<string> = namesOf("stream", ["acc-1", "acc-2", "a"]);

/** Names of events. */
export const eventNames: fc.Arbitrary<string> = namesOf("event", ["opened", "deposited", "closed"]);

/** Tags of events. */
export const tags: fc.Arbitrary<string> = namesOf("tag", ["account:1", "account:2", "a"]);
