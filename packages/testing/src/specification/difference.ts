import { isDeepStrictEqual } from "node:util";

/** One place where two values differ. */
export interface Difference {
  /** The members and indexes that lead there; empty when the values differ as a whole. */
  readonly path: readonly (string | number)[];
  /** What was expected there; {@link ABSENT} if nothing was. */
  readonly expected: unknown;
  /** What came; {@link ABSENT} if nothing did. */
  readonly actual: unknown;
}

/** Represents what is absent. `undefined` cannot do that, because an array may hold it. */
export const ABSENT: unique symbol = Symbol("nothing");

/** The innermost places where two values differ: arrays and plain objects are compared member by member. `undefined` members count as absent. */
export function differencesBetween(expected: unknown, actual: unknown): readonly Difference[] {
  return [...differencesAt([], expected, actual)];
}

function* differencesAt(path: Difference["path"], expected: unknown, actual: unknown): Generator<Difference> {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    for (let index = 0; index < Math.max(expected.length, actual.length); index += 1) {
      yield* differencesAt([...path, index], itemAt(expected, index), itemAt(actual, index));
    }
  } else if (isPlainObject(expected) && isPlainObject(actual)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      yield* differencesAt([...path, name], memberOf(expected, name), memberOf(actual, name));
    }
  } else if (!isDeepStrictEqual(expected, actual)) {
    yield { path, expected, actual };
  }
}

/** The value at a path; {@link ABSENT} if the path leads nowhere. */
export function valueAt(value: unknown, path: Difference["path"]): unknown {
  let current = value;
  for (const segment of path) {
    if (Array.isArray(current) && typeof segment === "number") current = itemAt(current, segment);
    else if (isPlainObject(current)) current = memberOf(current, String(segment));
    else return ABSENT;
  }
  return current;
}

function itemAt(array: readonly unknown[], index: number): unknown {
  return index < array.length ? array[index] : ABSENT;
}

function memberOf(object: Readonly<Record<string, unknown>>, name: string): unknown {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return value === undefined ? ABSENT : value;
}

/** Whether a value is an object literal or like one: not an array, a date, a map or an instance of a class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
