import type { StoredEvent } from "@eventfold/store";
import type { Evidence } from "./evidence.ts";
import { isRefusal } from "./evidence.ts";
import { type HistoryViolation, printEvent, violation } from "./history-violation.ts";

/** Checks that the final log is in order, and that everything in it was published. */
export function* checkLog(evidence: Evidence): Generator<HistoryViolation> {
  yield* checkOrder(evidence.log.events);
  for (const event of evidence.log.events) {
    if (!evidence.idsFromBefore.has(event.id)) yield* checkOrigin(evidence, event);
  }
}

function* checkOrder(events: readonly StoredEvent[]): Generator<HistoryViolation> {
  const ids = new Map<string, StoredEvent>();
  const positions = new Map<string, number>();
  let before: StoredEvent | undefined;
  for (const event of events) {
    const twin = ids.get(event.id);
    if (twin !== undefined) {
      const what = `the log has the id of ${printEvent(event)} twice, also at sequence number ${twin.sequenceNumber}.`;
      yield violation({ rule: 6, kind: "duplicate-event", what, events: [event] });
    }
    ids.set(event.id, event);
    if (before !== undefined && event.sequenceNumber <= before.sequenceNumber) {
      const what = `in the log ${printEvent(event)} comes after ${printEvent(before)}.`;
      yield violation({ rule: 11, kind: "disorder", what, events: [before, event] });
    }
    before = event;
    const stream = JSON.stringify([event.category, event.stream]);
    const expected = (positions.get(stream) ?? -1) + 1;
    if (event.position !== expected) {
      const what = `${printEvent(event)} is where position ${expected} was expected.`;
      yield violation({ rule: 1, kind: "disorder", what, events: [event] });
    }
    positions.set(stream, event.position);
  }
}

function* checkOrigin(evidence: Evidence, event: StoredEvent): Generator<HistoryViolation> {
  const operations = evidence.proposersOf(event.id);
  const belongs = operations.some(({ call }) =>
    call.entries.some(
      ({ category, stream, eventIds }) =>
        category === event.category && stream === event.stream && eventIds.includes(event.id),
    ),
  );
  if (!belongs) {
    const what = `${printEvent(event)} is in the log, and nobody published it there.`;
    yield violation({ rule: 1, kind: "unknown-event", what, operations, events: [event] });
  } else if (operations.every(({ outcome }) => isRefusal(outcome))) {
    const what = `${printEvent(event)} is in the log, though all who published it were refused.`;
    yield violation({ rule: 4, kind: "refused-but-stored", what, operations, events: [event] });
  }
}
