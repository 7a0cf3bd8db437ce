import { checkedName, InvalidNameError, isEventfoldError } from "@eventfold/types";

/**
 * Checks a name that is limited as the name of a stream is: a non-empty, well-formed string of at most 512 code points, without
 * control characters.
 *
 * @throws `InvalidNameError` (`INVALID_NAME`) of this kind when it is anything else.
 */
export function checkedLongName(kind: "command id" | "process manager", name: unknown): string {
  try {
    return checkedName("stream", name);
  } catch (error) {
    if (!isEventfoldError(error, "INVALID_NAME")) throw error;
    throw new InvalidNameError({ kind, name, reason: error.reason });
  }
}
