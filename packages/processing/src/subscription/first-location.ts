import { type EventLocation, isUnreadableEvent } from "@eventfold/types";

/**
 * Where the first of some events is: known even if it cannot be read.
 *
 * @throws what else they reject with.
 */
export async function firstLocation(events: AsyncIterable<EventLocation>): Promise<EventLocation | undefined> {
  try {
    for await (const event of events) return event;
    return undefined;
  } catch (error) {
    if (isUnreadableEvent(error)) return error.event;
    throw error;
  }
}
