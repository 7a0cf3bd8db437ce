import type { Dialect } from "./dialect.ts";

/** A condition in a dialect, or a boolean where the answer is known without asking the database. */
export type Translated<T> = T | boolean;

/** All of these, without those that always hold. */
export function allHold<T>(
  conditions: readonly Translated<T>[],
  dialect: Pick<Dialect<never, T>, "all">,
): Translated<T> {
  if (conditions.includes(false)) return false;
  const open = conditions.filter(isOpen);
  return open.length > 1 ? dialect.all(open) : (open[0] ?? true);
}

/** One of these, without those that never hold. */
export function oneHolds<T>(
  conditions: readonly Translated<T>[],
  dialect: Pick<Dialect<never, T>, "any">,
): Translated<T> {
  if (conditions.includes(true)) return true;
  const open = conditions.filter(isOpen);
  return open.length > 1 ? dialect.any(open) : (open[0] ?? false);
}

function isOpen<T>(condition: Translated<T>): condition is T {
  return typeof condition !== "boolean";
}
