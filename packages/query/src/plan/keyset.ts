import type { OrderKey } from "./order.ts";
import type { CompositeKey, SortKey } from "./sort-key.ts";

/** No document lies beyond the bound in this field: the bound is among the values that come last. */
export interface NothingBeyond {
  readonly kind: "nothing";
}

/** The bound is a missing value and those come first: every document that has a value lies beyond. */
export interface PresentBeyond {
  readonly kind: "present";
}

/** Values greater or less than the bound lie beyond, in the order of all types; missing ones too where they come last. */
export interface OrderedBeyond {
  readonly kind: "ordered";
  readonly comparison: "greater" | "less";
  readonly value: string | number | boolean | CompositeKey;
  readonly orMissing: boolean;
}

/** Which values of a field come later than the bound. */
export type Beyond = NothingBeyond | PresentBeyond | OrderedBeyond;

/** Where a page starts in one field of the order. */
export interface KeyBound {
  readonly key: OrderKey;
  /** The value at the cursor, `null` for missing; a document ties with it if its own sort key is the same. */
  readonly value: SortKey;
  /** Which values come later. */
  readonly beyond: Beyond;
}

/**
 * The bounds that a page starts after: a document belongs to it if, for some field, it ties with the bounds of all
 * earlier fields and lies beyond the bound of that one.
 *
 * @example
 * ```ts
 * keysetBounds(order, [100, "acc-7"]); // balance beyond 100, or balance tied with 100 and id beyond acc-7
 * ```
 */
export function keysetBounds(order: readonly OrderKey[], values: readonly SortKey[]): readonly KeyBound[] {
  return Object.freeze(
    order.map((key, index) => {
      const value = values[index] ?? null;
      return Object.freeze({ key, value, beyond: beyond(key, value) });
    }),
  );
}

function beyond({ direction, nulls }: OrderKey, value: SortKey): Beyond {
  if (value === null) return Object.freeze({ kind: nulls === "first" ? "present" : "nothing" });
  const comparison = direction === "asc" ? "greater" : "less";
  return Object.freeze({ kind: "ordered", comparison, value, orMissing: nulls === "last" });
}
