import assert, { AssertionError } from "node:assert/strict";
import { inspect, isDeepStrictEqual } from "node:util";

/** From this length on only the first difference is looked for. */
const LONG = 50;

/**
 * Asserts that two values are deeply and strictly equal. Of long lists it names the first place where they differ:
 * `assert.deepEqual` would search for their shortest difference, for minutes and gigabytes.
 */
export function assertSame(actual: unknown, expected: unknown, what?: string): void {
  if (!Array.isArray(actual) || !Array.isArray(expected) || Math.max(actual.length, expected.length) < LONG) {
    assert.deepEqual(actual, expected, what && differenceOf(what, { actual, expected }));
    return;
  }
  for (let index = 0; index < Math.max(actual.length, expected.length); index += 1) {
    if (!isDeepStrictEqual(actual[index], expected[index])) throw listDifference({ actual, expected, what, index });
  }
}

interface ListDifference {
  readonly actual: readonly unknown[];
  readonly expected: readonly unknown[];
  readonly what: string | undefined;
  readonly index: number;
}

function listDifference({ actual, expected, what = "the list", index }: ListDifference): AssertionError {
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

function shown(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY }).slice(0, 500);
}
