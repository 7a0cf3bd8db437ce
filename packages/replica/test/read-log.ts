import { type EventStorageAdapter, EventStore, type StoredEvent } from "@eventfold/store";

/** All events of a log, in order. */
export function readLog(adapter: EventStorageAdapter): Promise<readonly StoredEvent[]> {
  return new EventStore({ adapter }).log().read();
}
