import { checkedName, InvalidNameError, isEventfoldError } from "@eventfold/types";

/**
 * Checks the name of a projection, or an id: non-empty, at most 512 code points, no control characters, no lone
 * surrogates.
 *
 * @throws `InvalidNameError` (`INVALID_NAME`) when it is anything else.
 */
export function checkedProjectionName(kind: "projection" | "projection id", name: unknown): string {
  try {
    return checkedName("stream", name);
  } catch (error) {
    if (!isEventfoldError(error, "INVALID_NAME")) throw error;
    throw new InvalidNameError({ kind, name, reason: error.reason });
  }
}

const LARGEST_VERSION = 2_147_483_647;

/** @throws `RangeError` when it is not an integer from 1 to 2,147,483,647. */
export function checkedProjectorVersion(version: unknown): number {
  if (Number.isInteger(version) && (version as number) >= 1 && (version as number) <= LARGEST_VERSION) {
    return version as number;
  }
  throw new RangeError(
    `The version of a projector must be an integer from 1 to ${LARGEST_VERSION}, got ${String(version)}.`,
  );
}
