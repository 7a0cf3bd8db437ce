import assert from "node:assert/strict";
import { type EventfoldErrorCode, type EventfoldErrorsByCode, isEventfoldError } from "@eventfold/types";

/** The error that a promise rejects with. If it fulfils, an assertion fails. */
export async function rejectionOf(work: PromiseLike<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await work;
  } catch (error) {
    return error;
  }
  return assert.fail(`Expected a rejection, but the promise fulfilled with ${JSON.stringify(value)?.slice(0, 200)}.`);
}

/** Asserts that the promise rejects with the library's error of this code, and returns that error. */
export async function rejectsWith<TCode extends EventfoldErrorCode>(
  work: PromiseLike<unknown>,
  code: TCode,
): Promise<EventfoldErrorsByCode[TCode]> {
  return assertCode(await rejectionOf(work), code);
}

/** Asserts that a value is the library's error of this code, and returns it typed. */
export function assertCode<TCode extends EventfoldErrorCode>(
  error: unknown,
  code: TCode,
): EventfoldErrorsByCode[TCode] {
  if (!isEventfoldError(error, code)) assert.fail(`Expected an error with the code ${code}, got ${described(error)}.`);
  return error;
}

/** Asserts that the promise rejects with a `TypeError` or `RangeError`, whichever is named. */
export async function rejectsWithClass(
  work: PromiseLike<unknown>,
  expected: typeof TypeError | typeof RangeError,
): Promise<void> {
  const error = await rejectionOf(work);
  assert.ok(error instanceof expected, `Expected a ${expected.name}, got ${described(error)}.`);
}

/** An error in one line, with its code if it has one. */
export function described(error: unknown): string {
  if (!(error instanceof Error)) return `the value ${String(error)}`;
  return `${error.name}${"code" in error ? ` (${String(error.code)})` : ""}: ${error.message}`;
}
