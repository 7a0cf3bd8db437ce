import { valueText } from "./difference-text.ts";

/**
 * An error that is expected: by its class, by its `code`, or by a predicate.
 *
 * @example
 * ```ts
 * const byCode: ExpectedError = "UNMET_WRITE_CONDITION";
 * const byClass: ExpectedError = RangeError;
 * const byPredicate: ExpectedError = (error) => error instanceof Error && /overdrawn/.test(error.message);
 * ```
 */
export type ExpectedError = string | (abstract new (...args: never[]) => Error) | ((error: unknown) => boolean);

/** Whether an error is the expected one. */
export function isExpectedError(error: unknown, expected: ExpectedError): boolean {
  if (typeof expected === "string") return (error as { readonly code?: unknown } | null)?.code === expected;
  if (isErrorClass(expected)) return error instanceof expected;
  return expected(error);
}

/** An expected error in words. */
export function expectedErrorText(expected: ExpectedError): string {
  if (typeof expected === "string") return `an error with the code ${JSON.stringify(expected)}`;
  if (isErrorClass(expected)) return `an error of the class ${expected.name}`;
  return "an error for which the predicate holds";
}

/** An actual error in words: its class, its code, its message. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return valueText(error);
  const { code } = error as { readonly code?: unknown };
  return `${error.name}${code === undefined ? "" : ` (${String(code)})`}: ${error.message}`;
}

function isErrorClass(expected: ExpectedError): expected is abstract new (...args: never[]) => Error {
  return typeof expected === "function" && (expected === Error || expected.prototype instanceof Error);
}
