import { isAllowed, type SaveRequest, type SaveResult, type StreamWrite, type UnmetWrite } from "@eventfold/store";
import type { MemoryEventLog } from "./memory-event-log.ts";
import { eventOf, type MemoryRecord } from "./memory-record.ts";

/** How a publish is judged before anything is written: `undefined` when it may go through. */
export function judge(log: MemoryEventLog, { writes }: SaveRequest): SaveResult | undefined {
  const stored = writes.map((write) => write.events.map(({ id }) => log.byId(id)));
  const known = stored.flat().filter((record) => record !== undefined);
  if (known.length > 0) {
    return isRepeat(writes, stored)
      ? { kind: "repeat", events: stored.map((records) => records.map((record) => eventOf(record as MemoryRecord))) }
      : { kind: "duplicate", ids: known.map(({ id }) => id) };
  }
  const unmet = writes.map((write, index) => unmetWrite(log, write, index)).filter((each) => each !== undefined);
  return unmet.length > 0 ? { kind: "unmet", unmet } : undefined;
}

function isRepeat(writes: readonly StreamWrite[], stored: readonly (readonly (MemoryRecord | undefined)[])[]): boolean {
  return writes.every(({ category, stream }, index) => {
    let last = -1;
    return stored[index]?.every((record) => {
      if (record?.category !== category || record.stream !== stream || record.position <= last) return false;
      last = record.position;
      return true;
    });
  });
}

function unmetWrite(log: MemoryEventLog, write: StreamWrite, index: number): UnmetWrite | undefined {
  const { category, stream, allowed } = write;
  const latestPosition = log.recordsOf({ kind: "stream", category, stream }).at(-1)?.position;
  return isAllowed(allowed, latestPosition) ? undefined : { write: index, latestPosition };
}
