import type { KeyBound } from "../plan/keyset.ts";
import type { OrderKey } from "../plan/order.ts";
import type { SortKey } from "../plan/sort-key.ts";
import { compareScalars } from "./compare-scalars.ts";

/**
 * Compares what two documents are sorted by, key after key: negative, 0 or positive.
 *
 * @example
 * ```ts
 * documents.toSorted((a, b) => compareKeys(order, keysOf(a), keysOf(b)));
 * ```
 */
export function compareKeys(order: readonly OrderKey[], left: readonly SortKey[], right: readonly SortKey[]): number {
  for (const [index, key] of order.entries()) {
    const result = compareKey(key, left[index] ?? null, right[index] ?? null);
    if (result !== 0) return result;
  }
  return 0;
}

/** Whether keys come after the bounds that a page starts behind. */
export function isBeyond(bounds: readonly KeyBound[], keys: readonly SortKey[]): boolean {
  if (bounds.length === 0) return true;
  const order = bounds.map(({ key }) => key);
  return (
    compareKeys(
      order,
      keys,
      bounds.map(({ value }) => value),
    ) > 0
  );
}

function compareKey({ direction, nulls }: OrderKey, left: SortKey, right: SortKey): number {
  if (left === null || right === null) {
    const result = Number(left === null) - Number(right === null);
    return nulls === "last" ? result : -result;
  }
  return direction === "asc" ? comparePresent(left, right) : comparePresent(right, left);
}

function comparePresent(left: Exclude<SortKey, null>, right: Exclude<SortKey, null>): number {
  const difference = rankOf(left) - rankOf(right);
  if (difference !== 0 || typeof left === "object" || typeof right === "object") return difference;
  return compareScalars(left, right);
}

const RANKS: Readonly<Record<string, number>> = { number: 0, string: 1, boolean: 2, object: 3 };

function rankOf(key: Exclude<SortKey, null>): number {
  return RANKS[typeof key] ?? 3;
}
