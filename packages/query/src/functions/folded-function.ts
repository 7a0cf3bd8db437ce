import { CASE_FOLDS } from "./case-folds.ts";
import { defineFunction } from "./query-function.ts";

const NOT_ASCII = /[^\0-\x7f]/;

/**
 * A text without the difference between capitals and small letters: each character on its own, by the simple case folding of Unicode 16,
 * whatever the locale. So `"Σ"`, `"σ"` and `"ς"` are alike, and the Kelvin sign is a k; `"ß"` is not `"ss"`, and the Turkish `"İ"` and
 * `"ı"` stay what they are. Accents stay, and nothing is normalised.
 *
 * Folding what is folded changes nothing. A text has as many characters as before.
 *
 * @example
 * ```ts
 * foldCase("Ångström"); // "ångström"
 * ```
 */
export function foldCase(text: string): string {
  if (!NOT_ASCII.test(text)) return text.toLowerCase();
  let folded = "";
  for (const character of text) folded += CASE_FOLDS.get(character) ?? character;
  return folded;
}

/** The function that `folded` calls: `null` for what is not a string. */
export const foldedFunction = defineFunction({
  name: "folded",
  parameters: ["path"],
  result: "string",
  evaluate: (value) => (typeof value === "string" ? foldCase(value) : null),
});
