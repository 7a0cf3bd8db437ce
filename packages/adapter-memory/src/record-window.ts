import { matchesAny, type ScanBounds, type StorageScanOptions } from "@eventfold/store/adapter";
import type { MemoryRecord } from "./memory-record.ts";

/** A part of a list of records, from `start` up to but without `end`. */
export interface RecordWindow {
  readonly records: readonly MemoryRecord[];
  readonly start: number;
  readonly end: number;
}

/** The part of a list of records that the bounds of sequence numbers leave, found by binary search. */
export function windowOf(records: readonly MemoryRecord[], bounds: ScanBounds, horizon: number): RecordWindow {
  const after = bounds.sequenceNumberAfter ?? 0;
  const before = Math.min(bounds.sequenceNumberBefore ?? Number.POSITIVE_INFINITY, horizon + 1);
  return {
    records,
    start: firstIndex(records, (record) => record.sequenceNumber > after),
    end: firstIndex(records, (record) => record.sequenceNumber >= before),
  };
}

/** What the bounds of positions leave of a window of a stream: positions have no gaps, so the position is the index. */
export function withinPositions(window: RecordWindow, { positionAfter, positionBefore }: ScanBounds): RecordWindow {
  return {
    records: window.records,
    start: Math.max(window.start, positionAfter === undefined ? 0 : positionAfter + 1),
    end: Math.min(window.end, positionBefore ?? window.records.length),
  };
}

/** How many records there are in a window. */
export function sizeOf({ start, end }: RecordWindow): number {
  return Math.max(0, end - start);
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
