import { AssertionError } from "node:assert";
import { failureText } from "./rule-broken.ts";

/**
 * Checks one value after another on the same storage, because making storage takes longer than most checks. A failure begins
 * with the title of its value.
 */
export async function forEachValue<T>(
  values: readonly (readonly [title: string, value: T])[],
  check: (value: T, index: number) => Promise<void>,
): Promise<void> {
  for (const [index, [title, value]] of values.entries()) {
    try {
      await check(value, index);
    } catch (cause) {
      throw failureAt(title, cause);
    }
  }
}

function failureAt(title: string, cause: unknown): Error {
  const message = `${title}: ${failureText(cause)}`;
  if (!(cause instanceof AssertionError)) return new Error(message, { cause });
  const { actual, expected } = cause;
  return new AssertionError({ message, actual, expected, operator: "forEachValue" });
}
