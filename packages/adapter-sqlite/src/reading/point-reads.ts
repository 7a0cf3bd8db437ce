import { isEventId } from "@eventfold/store/adapter";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import type { Cell } from "../connection/client.ts";
import { EVENT_COLUMNS, type EventRow, eventOf } from "./event-row.ts";
import { largeTextOf } from "./large-text.ts";
import { IS_NO_OWN_CATEGORY } from "./own-categories.ts";
import type { ReadScope } from "./read-scope.ts";

// INDEXED BY: whatever ANALYZE has found, these must never become a scan of the log.
const LATEST_OF_LOG = `SELECT ${EVENT_COLUMNS} FROM eventfold_events NOT INDEXED
  WHERE sequence_number <= ? AND ${IS_NO_OWN_CATEGORY} ORDER BY sequence_number DESC LIMIT 1`;
const LATEST_OF_CATEGORY = `SELECT ${EVENT_COLUMNS} FROM eventfold_events INDEXED BY eventfold_events_by_category
  WHERE category = ? AND sequence_number <= ? ORDER BY sequence_number DESC LIMIT 1`;
const LATEST_OF_STREAM = `SELECT ${EVENT_COLUMNS} FROM eventfold_events INDEXED BY eventfold_events_by_stream
  WHERE category = ? AND stream = ? AND +sequence_number <= ? ORDER BY position DESC LIMIT 1`;
const BY_ID = `SELECT ${EVENT_COLUMNS} FROM eventfold_events INDEXED BY eventfold_events_by_id
  WHERE id = unhex(?, '-') AND +sequence_number <= ?`;

const NEWEST_SEQUENCE_NUMBER = "SELECT max(sequence_number) FROM eventfold_events";

/** The newest event of a source that can be seen from the scope. */
export function latestOf(scope: ReadScope, source: SourceIdentifier): Promise<StoredEvent | undefined> {
  return scope.read(() => {
    const upTo = scope.visibleUpTo;
    switch (source.kind) {
      case "log":
        return findEvent(scope, LATEST_OF_LOG, [upTo]);
      case "category":
        return findEvent(scope, LATEST_OF_CATEGORY, [source.category, upTo]);
      case "stream":
        return findEvent(scope, LATEST_OF_STREAM, [source.category, source.stream, upTo]);
    }
  });
}

/** The newest number that can be seen from the scope, whatever the source: one writer at a time numbers and commits. */
export function horizonOf(scope: ReadScope): Promise<number> {
  return scope.read(() => {
    const newest = Number(scope.prepared(NEWEST_SEQUENCE_NUMBER).get()?.[0] ?? 0);
    return Math.min(newest, scope.visibleUpTo);
  });
}

/** The event with an id, if it can be seen from the scope. Ids are compared as text; the bytes of another spelling would be the same. */
export function eventWithId(scope: ReadScope, id: string): Promise<StoredEvent | undefined> {
  return scope.read(() => (isEventId(id) ? findEvent(scope, BY_ID, [id, scope.visibleUpTo]) : undefined));
}

function findEvent(scope: ReadScope, sql: string, values: Cell[]): StoredEvent | undefined {
  const row = scope.prepared(sql).get(...values) as EventRow | undefined;
  return row === undefined ? undefined : eventOf(row, largeTextOf(scope));
}
