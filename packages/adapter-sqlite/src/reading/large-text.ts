import type { TextSource } from "./event-row.ts";
import type { ReadScope } from "./read-scope.ts";

const LARGE_TEXT = {
  payload: "SELECT payload FROM eventfold_events WHERE sequence_number = ?",
  metadata: "SELECT metadata FROM eventfold_events WHERE sequence_number = ?",
  tags: "SELECT tags FROM eventfold_events WHERE sequence_number = ?",
};

/** Fetches large texts one by one. */
export function largeTextOf(scope: Pick<ReadScope, "prepared">): TextSource {
  return (sequenceNumber, column) => String(scope.prepared(LARGE_TEXT[column]).get(sequenceNumber)?.[0]);
}
