import type { JsonValue } from "@eventfold/types";

/** What represents every array and object in sorting: they tie with one another. */
export type CompositeKey = readonly [];

/** What a document is sorted by at one field: `null` for a missing value. */
export type SortKey = string | number | boolean | null | CompositeKey;

/** The key of every array and object. */
export const COMPOSITE_KEY: CompositeKey = Object.freeze([]);

/** What a value is sorted by: itself, or {@link COMPOSITE_KEY} for an array or object. */
export function sortKeyOf(value: JsonValue): SortKey {
  return typeof value === "object" && value !== null ? COMPOSITE_KEY : value;
}

/** Whether a value is a {@link SortKey} as it comes out of a cursor. */
export function isSortKey(value: unknown): value is SortKey {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0");
  if (typeof value === "number") return Number.isFinite(value);
  return value === null || typeof value === "boolean" || (Array.isArray(value) && value.length === 0);
}
