import type { StoredEvent } from "@eventfold/types";
import { isEventId } from "./event-id.ts";
import type { EventStorage } from "./storage/event-storage.ts";

/**
 * The event with this id, or `undefined`; what is not a canonical id has no event.
 *
 * @throws `TypeError` when it is not a string.
 */
export async function eventById(storage: EventStorage, id: string): Promise<StoredEvent | undefined> {
  if (typeof id !== "string") throw new TypeError(`An event id must be a string, got ${typeof id}.`);
  if (!isEventId(id) && !storage.isClosed) return undefined;
  return storage.eventById(id);
}
