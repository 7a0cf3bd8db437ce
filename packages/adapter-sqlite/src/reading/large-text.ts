import type { TextSource } from "./event-row.ts";
import type { ReadScope } from "./read-scope.ts";

const LARGE_TEXT = {
  payload: "SELECT payload FROM eventfold_events WHERE sequence_number = ?",
  metadata: "SELECT metadata FROM eventfold_events WHERE sequence_number = ?",
  tags: "SELECT tags FROM eventfold_events WHERE sequence_number = ?",
};

const BEGINNING = {
  payload: "SELECT substr(payload, 1, ?) FROM eventfold_events WHERE sequence_number = ?",
  metadata: "SELECT substr(metadata, 1, ?) FROM eventfold_events WHERE sequence_number = ?",
};

/** Fetches large texts one by one; of payloads and metadata only so many code points, if that is said. */
export function largeTextOf(scope: Pick<ReadScope, "prepared">, maxTextLength?: number): TextSource {
  return (sequenceNumber, column) => {
    if (maxTextLength === undefined || column === "tags") {
      return String(scope.prepared(LARGE_TEXT[column]).get(sequenceNumber)?.[0]);
    }
    return String(scope.prepared(BEGINNING[column]).get(maxTextLength, sequenceNumber)?.[0]);
  };
}
