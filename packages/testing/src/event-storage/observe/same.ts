import assert, { AssertionError } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { isShownWhole, shown } from "../../suite/shown.ts";

/** In lists of this length or more, only the first difference is looked for. */
const LONG = 50;

/**
 * Asserts that two values are deeply and strictly equal. For long lists, and those that a message cannot show completely, it
 * names the first place where they differ: `assert.deepEqual` would search for the shortest difference, which takes minutes
 * and gigabytes.
 */
export function assertSame(actual: unknown, expected: unknown, what?: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  if (Array.isArray(actual) && Array.isArray(expected) && (isLong(actual) || isLong(expected))) {
    throw listDifference({ actual, expected, what });
  }
  assert.deepEqual(actual, expected, what && differenceOf(what, { actual, expected }));
}

function isLong(list: readonly unknown[]): boolean {
  return list.length >= LONG || !isShownWhole(list);
}

interface ListDifference {
  readonly actual: readonly unknown[];
  readonly expected: readonly unknown[];
  readonly what: string | undefined;
}

function listDifference({ actual, expected, what = "the list" }: ListDifference): AssertionError {
  const length = Math.max(actual.length, expected.length);
  const index = Array.from({ length }).findIndex((_, at) => !isDeepStrictEqual(actual[at], expected[at]));
  const lengths = `expected ${expected.length} items, got ${actual.length}`;
  const place = `the first difference is at index ${index}: expected ${item(expected, index)}, got ${item(actual, index)}`;
  return new AssertionError({
    message: `${what}: ${lengths}; ${place}`,
    actual: actual[index],
    expected: expected[index],
    operator: "assertSame",
  });
}

function item(list: readonly unknown[], index: number): string {
  return index < list.length ? shown(list[index]) : "the end";
}

function differenceOf(
  what: string,
  { actual, expected }: { readonly actual: unknown; readonly expected: unknown },
): string {
  return `${what}: expected ${shown(expected)}, got ${shown(actual)}`;
}
