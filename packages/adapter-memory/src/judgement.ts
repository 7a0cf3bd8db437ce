import { isAllowed, type SaveRequest, type SaveResult, type StreamWrite, type UnmetWrite } from "@eventfold/store";
import type { MemoryEventLog } from "./memory-event-log.ts";
import { eventOf, type MemoryRecord } from "./memory-record.ts";

/** How a publish is judged before anything is written: `undefined` when it may go through. */
export function judge(log: MemoryEventLog, { writes }: SaveRequest): SaveResult | undefined {
  if (writes.some(({ events }) => events.some(({ id }) => log.byId(id) !== undefined))) return judgeByIds(log, writes);
  const unmet: UnmetWrite[] = [];
  for (const [index, { category, stream, allowed }] of writes.entries()) {
    const latestPosition = log.streamRecords(category, stream).at(-1)?.position;
    if (!isAllowed(allowed, latestPosition)) unmet.push({ write: index, latestPosition });
  }
  return unmet.length > 0 ? { kind: "unmet", unmet } : undefined;
}

function judgeByIds(log: MemoryEventLog, writes: readonly StreamWrite[]): SaveResult {
  const stored = writes.map((write) => write.events.map(({ id }) => log.byId(id)));
  if (isRepeat(writes, stored)) {
    return {
      kind: "repeat",
      events: stored.map((records) => records.map((record) => eventOf(record as MemoryRecord))),
    };
  }
  const known = stored.flat().filter((record) => record !== undefined);
  return { kind: "duplicate", ids: known.map(({ id }) => id) };
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
