import { isPlainObject } from "./difference.ts";

/**
 * A copy of a value as it is now: arrays and plain objects all the way down, other objects as they are. So a decider may change
 * its state in place, and an earlier state is still what it was.
 */
export function snapshotOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(snapshotOf) as T;
  if (!isPlainObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, snapshotOf(member)]);
  return Object.setPrototypeOf(Object.fromEntries(members), Object.getPrototypeOf(value));
}
