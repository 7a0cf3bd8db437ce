import { isEventfoldError } from "@eventfold/types";
import type { SubscribableSource } from "./subscribable-source.ts";

/** The number of the newest event of a source, even if that cannot be read; 0: there is none. */
export async function newestNumberOf(source: SubscribableSource): Promise<number> {
  try {
    return (await source.latest())?.sequenceNumber ?? 0;
  } catch (error) {
    if (isEventfoldError(error, "UNREADABLE_EVENT")) return error.event.sequenceNumber;
    throw error;
  }
}
