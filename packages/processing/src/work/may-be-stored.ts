import { isEventfoldError } from "@eventfold/types";

/** Whether what failed so may have been stored all the same, by this try or by an earlier one whose reply was lost. */
export function mayBeStored(error: unknown): boolean {
  return isEventfoldError(error, "STORAGE_UNAVAILABLE") || isEventfoldError(error, "LEASE_LOST");
}
