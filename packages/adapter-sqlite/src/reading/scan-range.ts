import type { ScanBounds } from "@eventfold/store/adapter";
import type { SourceIdentifier, StreamIdentifier } from "@eventfold/types";
import type { StatementScope } from "./read-scope.ts";

/** The places that a scan goes through, both ends exclusive: positions in a stream, else sequence numbers. */
export interface ScanRange {
  readonly after: number;
  readonly before: number;
}

const FIRST_FROM_POSITION = `SELECT position, sequence_number FROM eventfold_events INDEXED BY eventfold_events_by_stream
  WHERE category = ? AND stream = ? AND position >= ? ORDER BY position LIMIT 1`;
const LATEST_POSITION = `SELECT position FROM eventfold_events INDEXED BY eventfold_events_by_stream
  WHERE category = ? AND stream = ? ORDER BY position DESC LIMIT 1`;
const NEWEST_SEQUENCE_NUMBER = "SELECT max(sequence_number) FROM eventfold_events";

/**
 * The sequence numbers of a scan that starts now, both ends exclusive. It ends at what is visible now, so that a scan ends however fast
 * others publish.
 */
export function numberRange(scope: StatementScope, bounds: ScanBounds): ScanRange {
  const newest = Number(scope.prepared(NEWEST_SEQUENCE_NUMBER).get()?.[0] ?? 0);
  const before = Math.min(bounds.sequenceNumberBefore ?? Number.MAX_SAFE_INTEGER, newest + 1, scope.visibleUpTo + 1);
  return { after: bounds.sequenceNumberAfter ?? 0, before };
}

/** The range of a scan that starts now. */
export function scanRange(scope: StatementScope, source: SourceIdentifier, bounds: ScanBounds): ScanRange {
  const { after, before } = numberRange(scope, bounds);
  if (source.kind !== "stream") return { after, before };
  return {
    after: Math.max(bounds.positionAfter ?? -1, firstPositionAbove(scope, source, after) - 1),
    before: Math.min(bounds.positionBefore ?? Number.MAX_SAFE_INTEGER, firstPositionAbove(scope, source, before - 1)),
  };
}

/**
 * The position of the first event of a stream above a sequence number; the next free one when there is none. Both rise
 * together, so a binary search finds it: a follower that returns to a long stream does not read all of it.
 */
function firstPositionAbove(
  scope: StatementScope,
  { category, stream }: StreamIdentifier,
  sequenceNumber: number,
): number {
  if (sequenceNumber <= 0) return 0;
  const probe = scope.prepared(FIRST_FROM_POSITION);
  let low = 0;
  let high = Number(scope.prepared(LATEST_POSITION).get(category, stream)?.[0] ?? -1) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = probe.get(category, stream, middle);
    if (found !== undefined && Number(found[1]) <= sequenceNumber) low = Number(found[0]) + 1;
    else high = middle;
  }
  return low;
}
