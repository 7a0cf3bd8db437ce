import { isEventfoldError } from "@eventfold/types";
import type { RecordedOutcome } from "./history-line.ts";

/** The outcome of a call that rejected with any other error. */
export function failure(error: unknown): RecordedOutcome {
  const message = error instanceof Error ? error.message : String(error);
  return isEventfoldError(error) ? { kind: "failed", code: error.code, message } : { kind: "failed", message };
}
