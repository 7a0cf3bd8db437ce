import { isDeepStrictEqual } from "node:util";
import type { StoredEvent } from "@eventfold/store";
import { eventsSeen, type Operation } from "../operation.ts";
import { type Evidence, idsOf, type Publish, type StoredPublish } from "./evidence.ts";
import { type HistoryViolation, printEvent, violation } from "./history-violation.ts";

/** Checks that everything that was acknowledged or read is in the log once, unchanged; and that publishes are complete. */
export function* checkAcknowledgements(evidence: Evidence): Generator<HistoryViolation> {
  for (const operation of evidence.operations) yield* checkSights(evidence, operation);
  for (const publish of evidence.publishes) {
    yield* checkReply(publish);
    yield* checkWhole(evidence, publish);
  }
  yield* checkStoredOnce(evidence);
  for (const stored of evidence.stored) yield* checkPlaces(evidence, stored);
}

function* checkSights({ log }: Evidence, operation: Operation): Generator<HistoryViolation> {
  const isPublish = operation.call.kind === "publish";
  for (const event of eventsSeen(operation)) {
    const stored = log.byId(event.id);
    const about = { operations: [operation], events: [event] };
    if (stored === undefined) {
      const [rule, kind] = isPublish ? ([20, "lost-acknowledgement"] as const) : ([13, "vanished-event"] as const);
      const what = `${printEvent(event)} was ${isPublish ? "acknowledged" : "read"}, and is not in the log.`;
      yield violation({ rule, kind, what, ...about });
    } else if (!isSame(event, stored)) {
      const members = (Object.keys(stored) as (keyof StoredEvent)[]).filter(
        (member) => !isDeepStrictEqual(event[member], stored[member]),
      );
      const what = `${printEvent(event)} was shown with another ${members.join(" and ")} than it has in the log as ${printEvent(stored)}.`;
      yield violation({ rule: 1, kind: "changed-event", what, ...about });
    }
  }
}

function isSame(event: StoredEvent, stored: StoredEvent): boolean {
  return event === stored || isDeepStrictEqual(event, stored);
}

function* checkReply(publish: Publish): Generator<HistoryViolation> {
  const { outcome } = publish;
  if (outcome?.kind !== "stored" && outcome?.kind !== "repeat") return;
  const [asked, returned] = [idsOf(publish), eventsSeen(publish)];
  if (asked.length === returned.length && asked.every((id, index) => returned[index]?.id === id)) return;
  const what = `a publish of the ids [${asked.join(", ")}] returned [${returned.map(({ id }) => id).join(", ")}].`;
  const rule = outcome.kind === "stored" ? 1 : 6;
  yield violation({ rule, kind: "wrong-reply", what, operations: [publish], events: returned });
}

/** Checks publishes whose events no other publish carried: all of the events must be in the log, or none. */
function* checkWhole({ log, proposersOf }: Evidence, publish: Publish): Generator<HistoryViolation> {
  const own = idsOf(publish).filter((id) => proposersOf(id).length === 1);
  const missing = own.filter((id) => log.byId(id) === undefined);
  if (missing.length === 0 || missing.length === own.length) return;
  const events = own.map((id) => ({ id }));
  const what = `of the ${own.length} events of a publish ${missing.length} are not in the log: ${missing.join(", ")}.`;
  yield violation({ rule: 2, kind: "half-publish", what, operations: [publish], events });
}

function* checkStoredOnce({ publishes }: Evidence): Generator<HistoryViolation> {
  const claims = new Map<string, Publish>();
  for (const publish of publishes.filter(({ outcome }) => outcome?.kind === "stored")) {
    for (const id of idsOf(publish)) {
      const other = claims.get(id);
      if (other !== undefined) {
        const what = `two publishes were both told that they stored ${id}; the second is a repeat.`;
        yield violation({ rule: 6, kind: "duplicate-event", what, operations: [other, publish], events: [{ id }] });
      }
      claims.set(id, publish);
    }
  }
}

/** Checks that positions follow one another, that numbers rise, and that none is below what had been seen before the publish was sent. */
function* checkPlaces(evidence: Evidence, { operation, entries }: StoredPublish): Generator<HistoryViolation> {
  let last = 0;
  for (const { events } of entries) {
    for (const [index, event] of events.entries()) {
      const before = events[index - 1];
      if (event.sequenceNumber <= last || (before !== undefined && event.position !== before.position + 1)) {
        const what = `the events of a publish were not stored one after the other: ${printEvent(event)} came next.`;
        yield violation({ rule: 2, kind: "disorder", what, operations: [operation], events: [event] });
      }
      last = event.sequenceNumber;
      yield* checkNotLate(evidence, event, operation);
    }
  }
}

function* checkNotLate(
  { known, proposersOf }: Evidence,
  event: StoredEvent,
  operation: Operation,
): Generator<HistoryViolation> {
  const sentAtNs = Math.min(...proposersOf(event.id).map(({ invokedAtNs }) => invokedAtNs));
  const newest = known.newestBefore(event, sentAtNs);
  if (newest === undefined || newest.sequenceNumber < event.sequenceNumber) return;
  const what = `${printEvent(event)} was published after sequence number ${newest.sequenceNumber} had been seen, and stored before it.`;
  yield violation({ rule: 7, kind: "late-event", what, operations: [newest.operation, operation], events: [event] });
}
