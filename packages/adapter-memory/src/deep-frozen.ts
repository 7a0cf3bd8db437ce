import type { JsonValue } from "@eventfold/types";

/** Freezes a value of JSON, all the way down: at most 500 levels. */
export function deepFrozen(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) for (const item of value) deepFrozen(item);
  else for (const name in value) deepFrozen((value as { readonly [member: string]: JsonValue })[name] ?? null);
  return Object.freeze(value);
}
