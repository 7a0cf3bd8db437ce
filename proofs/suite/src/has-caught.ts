import type { RecordedOutcome } from "./recording-runner.ts";

/** Whether a test failed for what it saw. One that waited in vain may only have been slow. */
export function hasCaught({ kind, message = "" }: RecordedOutcome): boolean {
  return kind === "failed" && !hasWaitedInVain(message);
}

/** Whether a failure says no more than that the test's time limit passed. */
export function hasWaitedInVain(message: string): boolean {
  return message.includes(" in vain for the end of the test");
}
