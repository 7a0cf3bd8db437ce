import type { SourceNews, SourcePlace } from "@eventfold/store/adapter";
import { IS_NO_OWN_CATEGORY } from "./own-categories.ts";
import type { ReadScope } from "./read-scope.ts";

const IN_LOG = `SELECT 1 FROM eventfold_events NOT INDEXED
  WHERE sequence_number > ? AND sequence_number <= ? AND ${IS_NO_OWN_CATEGORY} LIMIT 1`;
const IN_CATEGORY = `SELECT 1 FROM eventfold_events INDEXED BY eventfold_events_by_category
  WHERE category = ? AND sequence_number > ? AND sequence_number <= ? LIMIT 1`;
// Its newest event that can be seen: numbers rise with positions, and few lie above what can be seen.
const LATEST_OF_STREAM = `SELECT sequence_number FROM eventfold_events INDEXED BY eventfold_events_by_stream
  WHERE category = ? AND stream = ? AND +sequence_number <= ? ORDER BY position DESC LIMIT 1`;

/** What there is after each place. Nothing is ever held back: one writer at a time stores. */
export function newsOf(scope: ReadScope, places: readonly SourcePlace[]): Promise<readonly SourceNews[]> {
  return scope.read(() => places.map((place) => ({ isReadable: isReadable(scope, place), isHeldBack: false })));
}

function isReadable(scope: ReadScope, { source, after }: SourcePlace): boolean {
  const upTo = scope.visibleUpTo;
  switch (source.kind) {
    case "log":
      return scope.prepared(IN_LOG).get(after, upTo) !== undefined;
    case "category":
      return scope.prepared(IN_CATEGORY).get(source.category, after, upTo) !== undefined;
    case "stream": {
      const latest = scope.prepared(LATEST_OF_STREAM).get(source.category, source.stream, upTo);
      return latest !== undefined && Number(latest[0]) > after;
    }
  }
}
