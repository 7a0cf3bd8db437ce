import type { EventQueryItem, ScanBounds, StorageScanOptions } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";
import { isPublic, type MemoryEventLog } from "./memory-event-log.ts";
import type { MemoryRecord } from "./memory-record.ts";
import { isSelected, type RecordWindow, sizeOf, windowOf, withinPositions } from "./record-window.ts";

/** Which records are wanted of a source. */
export interface RecordSearch {
  readonly source: SourceIdentifier;
  readonly bounds: ScanBounds;
  readonly direction: StorageScanOptions["direction"];
  readonly limit: number;
  /** The last sequence number that may be shown. */
  readonly horizon: number;
}

/** The first records of a search, in its direction. It goes through the records of the source, or of tags where those are fewer. */
export function findRecords(log: MemoryEventLog, search: RecordSearch): MemoryRecord[] {
  const { source, bounds, direction, limit } = search;
  const own = withinPositions(windowOf(log.recordsOf(source), bounds, search.horizon), bounds);
  const tagged = taggedWindows(log, search);
  if (tagged === undefined || totalOf(tagged) >= sizeOf(own)) return selected(own, search);
  const found: MemoryRecord[] = [];
  for (const record of inOrder(tagged, direction)) {
    if (found.length === limit) break;
    if (isOf(source, record) && isWithinPositions(record, bounds) && isSelected(record, bounds)) found.push(record);
  }
  return found;
}

function selected({ records, start, end }: RecordWindow, { bounds, direction, limit }: RecordSearch): MemoryRecord[] {
  const step = direction === "forwards" ? 1 : -1;
  const found: MemoryRecord[] = [];
  for (let index = step === 1 ? start : end - 1; index >= start && index < end && found.length < limit; index += step) {
    const record = records[index] as MemoryRecord;
    if (isSelected(record, bounds)) found.push(record);
  }
  return found;
}

/** Windows that together hold every record that matches an item; `undefined` where tags do not say which those are. */
function taggedWindows(log: MemoryEventLog, { bounds, horizon }: RecordSearch): readonly RecordWindow[] | undefined {
  const { matching } = bounds;
  if (matching === undefined || matching.some(({ tags }) => tags === undefined)) return undefined;
  return matching.map((item) => rarestOf(item, (tag) => windowOf(log.taggedWith(tag), bounds, horizon)));
}

function rarestOf({ tags = [] }: EventQueryItem, windowOfTag: (tag: string) => RecordWindow): RecordWindow {
  return tags.map(windowOfTag).reduce((rarest, window) => (sizeOf(window) < sizeOf(rarest) ? window : rarest));
}

function totalOf(windows: readonly RecordWindow[]): number {
  return windows.reduce((total, window) => total + sizeOf(window), 0);
}

/** The records of windows by sequence number, none twice. */
function* inOrder(windows: readonly RecordWindow[], direction: RecordSearch["direction"]): Generator<MemoryRecord> {
  const step = direction === "forwards" ? 1 : -1;
  const heads = windows.map(({ records, start, end }) => ({ records, start, end, at: step === 1 ? start : end - 1 }));
  for (;;) {
    let next: MemoryRecord | undefined;
    for (const { records, start, end, at } of heads) {
      const record = at >= start && at < end ? records[at] : undefined;
      if (record === undefined) continue;
      if (next === undefined || (record.sequenceNumber - next.sequenceNumber) * step < 0) next = record;
    }
    if (next === undefined) return;
    for (const head of heads) if (head.records[head.at] === next) head.at += step;
    yield next;
  }
}

function isOf(source: SourceIdentifier, { category, stream }: MemoryRecord): boolean {
  switch (source.kind) {
    case "log":
      return isPublic(category);
    case "category":
      return category === source.category;
    case "stream":
      return category === source.category && stream === source.stream;
  }
}

function isWithinPositions({ position }: MemoryRecord, { positionAfter, positionBefore }: ScanBounds): boolean {
  return (
    (positionAfter === undefined || position > positionAfter) &&
    (positionBefore === undefined || position < positionBefore)
  );
}
