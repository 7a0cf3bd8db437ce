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
  let result = 0;
  for (let index = 0; result === 0 && index < order.length; index++) {
    result = compareKey(order[index] as OrderKey, left[index] ?? null, right[index] ?? null);
  }
  return result;
}

/** Prepares the question whether keys come after the bounds that a page starts behind; without bounds all do. */
export function startTest(bounds: readonly KeyBound[]): (keys: readonly SortKey[]) => boolean {
  const order = bounds.map(({ key }) => key);
  const position = bounds.map(({ value }) => value);
  return (keys) => order.length === 0 || compareKeys(order, keys, position) > 0;
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
