import { type EventLocation, isEventfoldError } from "@eventfold/types";

/**
 * Where the event is that a source was asked for: known even when it cannot be read.
 *
 * @throws what else the source rejects with.
 */
export async function knownLocation(
  read: () => Promise<EventLocation | undefined>,
): Promise<EventLocation | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isEventfoldError(error, "UNREADABLE_EVENT")) return error.event;
    throw error;
  }
}
