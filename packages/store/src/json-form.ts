import type { JsonValue } from "@eventfold/types";
import { jsonCopyOf } from "./json-copy.ts";
import type { ValuePath } from "./value-path.ts";

/** What a value becomes when it is stored: its JSON text, and what that parses to, in a copy of its own. */
export interface JsonForm {
  readonly text: string;
  readonly value: JsonValue;
}

/**
 * Copies a value as JSON would give it back, refuses whatever JSON would silently change, and writes the copy as text.
 *
 * @param path makes the path to the value, for the error.
 * @throws `InvalidEventError` (`INVALID_EVENT`) naming the path of the first fault.
 *
 * @example
 * ```ts
 * jsonFormOf({ b: 1, a: undefined }, () => ["payload"]).text; // '{"b":1}'
 * ```
 */
export function jsonFormOf(value: unknown, path: () => ValuePath): JsonForm {
  const copy = jsonCopyOf(value, path);
  return { value: copy, text: JSON.stringify(copy) };
}
