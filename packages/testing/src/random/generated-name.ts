import { NAME_LIMITS, type NameKind, type SourceIdentifier } from "@eventfold/types";
import type { Random } from "./random.ts";

/** Pieces of names that careless code treats wrongly, and plain letters. */
const PIECES = [
  "a",
  "B",
  "7",
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
  "\u{1f600}",
  "__proto__",
  "{",
  "}",
  ",",
  "NULL",
];

/**
 * A name that the rules allow: mostly short, now and then as long as its kind may be, with characters that careless code
 * treats wrongly.
 *
 * @example
 * ```ts
 * store.stream({ category: "accounts", stream: generatedName(random, "stream") });
 * ```
 */
export function generatedName(random: Random, kind: NameKind): string {
  const length = random.chance(0.02) ? NAME_LIMITS[kind] : random.integer(1, 12);
  const pieces = Array.from({ length }, () => random.pick(PIECES));
  return [...pieces.join("")].slice(0, NAME_LIMITS[kind]).join("");
}

/** The log, a category or a stream. */
export function generatedSourceIdentifier(random: Random): SourceIdentifier {
  const category = generatedName(random, "category");
  switch (random.integer(0, 2)) {
    case 0:
      return { kind: "log" };
    case 1:
      return { kind: "category", category };
    default:
      return { kind: "stream", category, stream: generatedName(random, "stream") };
  }
}
