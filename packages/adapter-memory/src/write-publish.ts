import { type FailIf, judgedByIds, type SaveRequest, type SaveResult, unmetWrites } from "@eventfold/store/adapter";
import { logIdentifier } from "@eventfold/types";
import type { MemoryEventLog } from "./memory-event-log.ts";
import { eventOf, type MemoryRecord, recordOf } from "./memory-record.ts";
import { findRecords } from "./record-search.ts";

/** Judges a publish and, when it may go through, appends it to the log, which is left to commit it. */
export function writePublish(log: MemoryEventLog, { writes, failIf }: SaveRequest): SaveResult {
  const judgement = judgedByIds(writes, (id) => log.byId(id));
  if (judgement?.kind === "repeat") {
    return { kind: "repeat", events: judgement.stored.map((records) => records.map(eventOf)) };
  }
  if (judgement !== undefined) return judgement;
  const unmet = unmetWrites(writes, ({ category, stream }) => log.streamRecords(category, stream).at(-1)?.position);
  if (unmet.length > 0) return { kind: "unmet", unmet };
  const match = failIf && firstMatch(log, failIf);
  if (match !== undefined) return { kind: "matched", sequenceNumber: match.sequenceNumber };
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

function firstMatch(log: MemoryEventLog, { items, after }: FailIf): MemoryRecord | undefined {
  const [first] = findRecords(log, {
    source: logIdentifier(),
    bounds: { matching: items, sequenceNumberAfter: after },
    direction: "forwards",
    limit: 1,
    horizon: Number.POSITIVE_INFINITY,
  });
  return first;
}
