import { RE2JS } from "re2js";
import { parseRegex } from "./parse-regex.ts";
import { printRegex } from "./print-regex.ts";
import type { Regex } from "./regex-tree.ts";

/**
 * Compiles a regular expression for JavaScript: a function that says whether it matches anywhere in a text, in time
 * linear in the text's length, whatever the pattern. It is what the evaluator and SQLite use.
 *
 * Cost: compiling takes well under a millisecond for common patterns; keep the function for more than one text.
 *
 * @throws `UnsupportedRegexError` (`UNSUPPORTED_REGEX`) when it is given as text outside the portable subset.
 *
 * @example
 * ```ts
 * const isSku = compileRegex("^[A-Z]-\\d+$");
 * isSku("A-42"); // true
 * ```
 */
export function compileRegex(regex: Regex | string): (text: string) => boolean {
  const { tree } = typeof regex === "string" ? parseRegex(regex) : regex;
  const compiled = RE2JS.compile(printRegex(tree, "re2"), RE2JS.DOTALL);
  return (text) => compiled.test(text);
}
