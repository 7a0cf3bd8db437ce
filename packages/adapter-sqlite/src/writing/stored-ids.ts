import type { SaveRequest, StoredPlace } from "@eventfold/store/adapter";
import type { PreparedStatement } from "../connection/statement-cache.ts";

/** Where an id of a publish is stored already. */
export interface StoredId extends StoredPlace {
  readonly sequenceNumber: number;
}

/** Finds where an event is, through the index of ids. The parameter is in no condition, so that nothing is prepared anew. */
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
