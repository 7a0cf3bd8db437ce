import { isPlainObject } from "./difference.ts";

/**
 * A copy of a value as it is now: arrays and plain objects are copied at every level, other objects are not. So a decider may
 * change its state in place without changing what was kept of an earlier state.
 */
export function snapshotOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(snapshotOf) as T;
  if (!isPlainObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, snapshotOf(member)]);
  return Object.setPrototypeOf(Object.fromEntries(members), Object.getPrototypeOf(value));
}
