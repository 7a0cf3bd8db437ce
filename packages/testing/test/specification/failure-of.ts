import { AssertionError } from "node:assert";

/** The assertion error that a specification fails with. */
export function failureOf(example: () => void): AssertionError {
  try {
    example();
  } catch (error) {
    if (error instanceof AssertionError) return error;
    throw error;
  }
  throw new Error("The specification did not fail.");
}

/** The assertion error that an asynchronous specification rejects with. */
export async function rejectionOf(example: Promise<void>): Promise<AssertionError> {
  const error: unknown = await example.then(
    () => undefined,
    (rejected) => rejected,
  );
  return failureOf(() => {
    if (error !== undefined) throw error;
  });
}
