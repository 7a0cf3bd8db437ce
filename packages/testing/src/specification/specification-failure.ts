import { AssertionError } from "node:assert";
import { differencesText, type LocatedDifference } from "./difference-text.ts";

/** The parts of a failed specification's message. */
export interface SpecificationFailure {
  /** What was given and done. */
  readonly circumstances: string;
  /** What is wrong, as a sentence. */
  readonly complaint: string;
  readonly differences?: readonly LocatedDifference[] | undefined;
  /** For the difference that a runner shows. */
  readonly expected: unknown;
  readonly actual: unknown;
  readonly cause?: unknown;
}

/** An assertion error, which every runner knows how to show. */
export function specificationError(failure: SpecificationFailure): AssertionError {
  const { circumstances, complaint, differences = [], expected, actual, cause } = failure;
  const message = [circumstances, complaint, ...(differences.length > 0 ? [differencesText(differences)] : [])].join(
    "\n",
  );
  const error = new AssertionError({ message, expected, actual, operator: "specification" });
  if (cause !== undefined) error.cause = cause;
  return error;
}
