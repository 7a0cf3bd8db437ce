import { matchesAny, type ScanBounds, type StorageScanOptions } from "@eventfold/store/adapter";
import type { MemoryRecord } from "./memory-record.ts";

/** A part of a list of records, from `start` up to but without `end`. */
export interface RecordWindow {
  readonly start: number;
  readonly end: number;
}

/** The part of a source's records that the numeric bounds leave, found by binary search. */
export function windowOf(records: readonly MemoryRecord[], bounds: ScanBounds, horizon: number): RecordWindow {
  const { sequenceNumberAfter, sequenceNumberBefore, positionAfter, positionBefore } = bounds;
  const after = sequenceNumberAfter ?? 0;
  const before = Math.min(sequenceNumberBefore ?? Number.POSITIVE_INFINITY, horizon + 1);
  return {
    start: Math.max(
      firstIndex(records, (record) => record.sequenceNumber > after),
      positionAfter === undefined ? 0 : positionAfter + 1, // positions have no gaps: the position is the index
    ),
    end: Math.min(
      firstIndex(records, (record) => record.sequenceNumber >= before),
      positionBefore ?? records.length,
    ),
  };
}

/** Whether a record lies within the bounds that are not numbers of places. */
export function isSelected(record: MemoryRecord, bounds: ScanBounds): boolean {
  const { occurredAfterMs, occurredBeforeMs, observedAfterMs, observedBeforeMs, names, matching } = bounds;
  return (
    (occurredAfterMs === undefined || record.occurredAtMs > occurredAfterMs) &&
    (occurredBeforeMs === undefined || record.occurredAtMs < occurredBeforeMs) &&
    (observedAfterMs === undefined || record.observedAtMs > observedAfterMs) &&
    (observedBeforeMs === undefined || record.observedAtMs < observedBeforeMs) &&
    (names === undefined || names.includes(record.name)) &&
    (matching === undefined || matchesAny(matching, record))
  );
}

/** The bounds of the rest of a scan once it has come to a record. */
export function boundsPast(record: MemoryRecord, { bounds, direction }: StorageScanOptions): ScanBounds {
  return direction === "forwards"
    ? { ...bounds, sequenceNumberAfter: record.sequenceNumber }
    : { ...bounds, sequenceNumberBefore: record.sequenceNumber };
}

function firstIndex(records: readonly MemoryRecord[], holds: (record: MemoryRecord) => boolean): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(records[middle] as MemoryRecord)) high = middle;
    else low = middle + 1;
  }
  return low;
}
