import { defineFunction } from "@eventfold/query";

/**
 * The functions that `projectionStorageAdapterSuite` opens adapters with. An adapter that does not compute them in
 * JavaScript needs its own form of each, found by its name.
 *
 * @example
 * ```ts
 * suiteFunctions.joined.evaluate("a", "-", "b"); // "a-b"
 * ```
 */
export const suiteFunctions = Object.freeze({
  /** A number times a constant; `null` for what is not a number. */
  scaled: defineFunction({
    name: "suite_scaled",
    parameters: ["path", "number"],
    result: "number",
    evaluate: (value, factor) => (typeof value === "number" ? value * factor : null),
  }),
  /** Two strings with a constant between them; `null` where one of the two is none. */
  joined: defineFunction({
    name: "suite_joined",
    parameters: ["path", "string", "path"],
    result: "string",
    evaluate: (left, separator, right) =>
      typeof left === "string" && typeof right === "string" ? left + separator + right : null,
  }),
  /** Whether a value is missing or `null`, or the opposite of it where the constant is false. Never `null`. */
  missing: defineFunction({
    name: "suite_missing",
    parameters: ["path", "boolean"],
    result: "boolean",
    evaluate: (value, isAsked) => (value === null) === isAsked,
  }),
});
