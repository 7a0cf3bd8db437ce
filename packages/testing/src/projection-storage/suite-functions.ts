import { defineFunction } from "@eventfold/query";

/**
 * The functions with which `projectionStorageAdapterSuite` opens adapters. An adapter that does not compute them in
 * JavaScript needs its own form of each, which it finds by name.
 *
 * @example
 * ```ts
 * suiteFunctions.joined.evaluate("a", "-", "b"); // "a-b"
 * ```
 */
export const suiteFunctions = Object.freeze({
  /** A number times a constant; `null` for any other value. */
  scaled: defineFunction({
    name: "suite_scaled",
    parameters: ["path", "number"],
    result: "number",
    evaluate: (value, factor) => (typeof value === "number" ? value * factor : null),
  }),
  /** Two strings with a constant between them; `null` if one of the two is not a string. */
  joined: defineFunction({
    name: "suite_joined",
    parameters: ["path", "string", "path"],
    result: "string",
    evaluate: (left, separator, right) =>
      typeof left === "string" && typeof right === "string" ? left + separator + right : null,
  }),
  /** Whether a value is missing or `null`, or the opposite if the constant is false. Never `null`. */
  missing: defineFunction({
    name: "suite_missing",
    parameters: ["path", "boolean"],
    result: "boolean",
    evaluate: (value, isAsked) => (value === null) === isAsked,
  }),
});
