import { checkedName, isEventfoldError } from "@eventfold/types";

/**
 * Checks the name of a subscription or a node, which is limited as the name of a stream is.
 *
 * @throws `TypeError` when it is not a string; `RangeError` when it is empty, longer than 512 code points, has control characters
 * or is not well-formed Unicode.
 */
export function checkedProcessingName(what: string, name: unknown): string {
  if (typeof name !== "string") throw new TypeError(`The name of a ${what} must be a string, got ${typeof name}.`);
  try {
    return checkedName("stream", name);
  } catch (error) {
    if (!isEventfoldError(error, "INVALID_NAME")) throw error;
    throw new RangeError(`The name ${JSON.stringify(name.slice(0, 100))} of a ${what} is refused: ${error.reason}.`);
  }
}
