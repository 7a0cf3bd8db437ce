import { isUnreadableEvent } from "@eventfold/types";
import { asStored, type SubscribableSource } from "./subscribable-source.ts";

/** The sequence number of the newest event of a source, also of an event that cannot be read; 0 for an empty source. */
export async function newestNumberOf(source: SubscribableSource): Promise<number> {
  try {
    return (await asStored(source).latest())?.sequenceNumber ?? 0;
  } catch (error) {
    if (isUnreadableEvent(error)) return error.event.sequenceNumber;
    throw error;
  }
}
