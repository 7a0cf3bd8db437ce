import { Failure, InterruptedError } from "@eventfold/databases";
import { isEventfoldError } from "@eventfold/store";
import { terminalLines } from "./terminal-text.ts";

/** What to tell of an error that ended the command: what the person can do where that is known, all of it otherwise. */
export function errorText(error: unknown): string {
  if (error instanceof InterruptedError) return "Stopped. What was stored stays; repeat the command to complete it.";
  if (error instanceof Failure) return terminalLines(error.message);
  if (isEventfoldError(error, "DUPLICATE_EVENT_ID")) return `${error.message}\n${OTHER_CLONE}`;
  if (isEventfoldError(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const OTHER_CLONE =
  "The database holds a part of a commit only, or in other streams: it was filled from a clone whose git lists that commit " +
  "otherwise, such as a shallow one or one with another diff.renameLimit. Use a database of its own.";
