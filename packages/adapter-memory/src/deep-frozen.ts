import type { JsonValue } from "@eventfold/types";

/** Freezes a value of JSON, all the way down: at most 500 levels. */
export function deepFrozen(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  for (const member of Object.values(value)) deepFrozen(member);
  return Object.freeze(value);
}
