import {
  type CheckedRestoreBatch,
  DuplicateEventIdError,
  isSameEvent,
  LogChangedError,
  passedNumberFault,
  positionFault,
} from "@eventfold/store/adapter";
import type { MemoryEventLog } from "./memory-event-log.ts";
import { restoredRecordOf } from "./memory-record.ts";

/** Judges a batch of restored events and appends it to the log, which is left to commit it. */
export function writeBatch(log: MemoryEventLog, batch: CheckedRestoreBatch): void {
  refuseUnfitting(log, batch);
  const given = log.next - 1; // may be above the newest event, after a rollback
  for (const record of batch.events.map(restoredRecordOf)) log.append(record);
  log.passNumbers(Math.max(given, batch.upTo));
}

function refuseUnfitting(log: MemoryEventLog, { newest: expected, events, firstOfStreams }: CheckedRestoreBatch): void {
  const newest = log.newest && { sequenceNumber: log.newest.sequenceNumber, id: log.newest.id };
  if (!isSameEvent(expected, newest)) throw new LogChangedError({ expected, newest });
  const [first] = events;
  if (first !== undefined && first.sequenceNumber <= log.committed) throw passedNumberFault(first, log.committed);
  for (const event of firstOfStreams) {
    const next = log.streamRecords(event.category, event.stream).length;
    if (event.position !== next) throw positionFault(event, next);
  }
  const taken = events.filter(({ id }) => log.byId(id) !== undefined);
  if (taken.length > 0) throw new DuplicateEventIdError(taken.map(({ id }) => id));
}
