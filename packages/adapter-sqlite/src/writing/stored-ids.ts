import type { SaveRequest, StreamWrite } from "@eventfold/store";
import type { PreparedStatement } from "../connection/statement-cache.ts";

/** Where an id of a publish is stored already. */
export interface StoredId {
  readonly sequenceNumber: number;
  readonly category: string;
  readonly stream: string;
  readonly position: number;
}

/** Finds where an event is, through the index of ids. The parameter stands in no condition, so as not to prepare anew. */
export const PLACE_OF_ID = `SELECT sequence_number, category, stream, position
  FROM (SELECT unhex(?, '-') AS wanted) CROSS JOIN eventfold_events INDEXED BY eventfold_events_by_id ON id = wanted`;

/** Where the ids of a publish are stored, by id; those that are new are absent. Yields now and then. */
export function* storedIds(request: SaveRequest, placeOfId: PreparedStatement): Generator<void, Map<string, StoredId>> {
  const found = new Map<string, StoredId>();
  for (const { events } of request.writes) {
    for (const { id } of events) {
      const row = placeOfId.get(id);
      if (row !== undefined) {
        const [sequenceNumber, category, stream, position] = row as [number, string, string, number];
        found.set(id, { sequenceNumber, category, stream, position });
      }
      yield;
    }
  }
  return found;
}

/** Whether every id is stored, each in the stream of its write, at rising positions in the order of the publish. */
export function isRepeat(request: SaveRequest, stored: ReadonlyMap<string, StoredId>): boolean {
  return request.writes.every((write) => isRepeatedWrite(write, stored));
}

function isRepeatedWrite({ category, stream, events }: StreamWrite, stored: ReadonlyMap<string, StoredId>): boolean {
  let last = -1;
  for (const { id } of events) {
    const place = stored.get(id);
    if (place === undefined || place.category !== category || place.stream !== stream) return false;
    if (place.position <= last) return false;
    last = place.position;
  }
  return true;
}
