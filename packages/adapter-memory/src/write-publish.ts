import { judgedByIds, type SaveRequest, type SaveResult, unmetWrites } from "@eventfold/store/adapter";
import type { MemoryEventLog } from "./memory-event-log.ts";
import { eventOf, recordOf } from "./memory-record.ts";

/** Judges a publish and, when it may go through, appends it to the log, which is left to commit it. */
export function writePublish(log: MemoryEventLog, { writes }: SaveRequest): SaveResult {
  const judgement = judgedByIds(writes, (id) => log.byId(id));
  if (judgement?.kind === "repeat") {
    return { kind: "repeat", events: judgement.stored.map((records) => records.map(eventOf)) };
  }
  if (judgement !== undefined) return judgement;
  const unmet = unmetWrites(writes, ({ category, stream }) => log.streamRecords(category, stream).at(-1)?.position);
  if (unmet.length > 0) return { kind: "unmet", unmet };
  const events = writes.map(({ category, stream, events }) => {
    const first = log.streamRecords(category, stream).length;
    return events.map((event, index) => {
      const record = recordOf(event, { category, stream, position: first + index, sequenceNumber: log.next });
      log.append(record);
      return eventOf(record);
    });
  });
  return { kind: "stored", events };
}
