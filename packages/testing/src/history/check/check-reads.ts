import type { OrderingGuarantee, SourceIdentifier, StoredEvent } from "@eventfold/store";
import { isAdmitted } from "../../event-storage/rules/generated-constraints.ts";
import type { RecordedLatest, RecordedLookUp, RecordedScan } from "../history-line.ts";
import { eventsSeen, type Operation, printSource } from "../operation.ts";
import type { Evidence } from "./evidence.ts";
import { type HistoryViolation, printEvent, violation } from "./history-violation.ts";
import { indexAfter, isIn } from "./stored-log.ts";

/** How far beyond the end of a read to look for the rest of a publish: if writers run in parallel, their numbers mix. */
const LOOK_AHEAD = 16;

/** Checks that every read showed what was asked for, in order, with no event skipped, and everything that was known before it began. */
export function* checkReads(evidence: Evidence): Generator<HistoryViolation> {
  for (const operation of evidence.operations) {
    const { call } = operation;
    if (call.kind === "scan" || call.kind === "follow") yield* checkScan(evidence, { operation, call });
    if (call.kind === "latest") yield* checkLatest(evidence, { operation, call });
    if (call.kind === "event-by-id") yield* checkLookUp(evidence, { operation, call });
  }
}

const WIDTH = { stream: 0, category: 1, log: 2 } as const;

/** Whether a source is wider than the guarantee of order. Its readers skip nothing, but may see a part of a publish. */
function isWiderThan(source: SourceIdentifier, guarantee: OrderingGuarantee): boolean {
  return WIDTH[source.kind] > WIDTH[guarantee];
}

interface ReadCall<TCall> {
  readonly operation: Operation;
  readonly call: TCall;
}

function* checkScan(evidence: Evidence, { operation, call }: ReadCall<RecordedScan>): Generator<HistoryViolation> {
  const seen = eventsSeen(operation);
  const shown = call.direction === "forwards" ? seen : seen.toReversed();
  const wrong = [...wrongEvents(shown, { operation, call })];
  yield* wrong;
  if (wrong.length > 0) return;
  const matching = evidence.log.matching(call.source, call.constraints);
  const present = shown.filter(({ id }) => evidence.log.byId(id) !== undefined);
  const skipped = [...skippedEvents(evidence, { matching, present }, { operation, call })];
  yield* skipped;
  const isComplete = operation.outcome?.kind === "read" && call.kind === "scan";
  const isCut = call.direction === "forwards" && call.limit !== undefined && seen.length >= call.limit;
  if (isComplete && !isCut && skipped.length === 0) {
    yield* checkEnd(evidence, { operation, matching, last: present.at(-1), source: call.source });
  }
}

/** Faults that a scan shows by itself: a wrong order, too many events, or some that were not asked for. `shown` is forwards. */
function* wrongEvents(
  shown: readonly StoredEvent[],
  { operation, call }: ReadCall<RecordedScan>,
): Generator<HistoryViolation> {
  const about = { kind: "wrong-read", operations: [operation] } as const;
  for (const [index, event] of shown.entries()) {
    const before = shown[index - 1];
    if (before !== undefined && before.sequenceNumber >= event.sequenceNumber) {
      const what = `${printEvent(before)} and ${printEvent(event)} were not shown in order, or twice.`;
      yield violation({ rule: 11, what, events: [before, event], ...about });
    }
    if (!isIn(call.source, event) || !call.constraints.every((constraint) => isAdmitted(constraint, event))) {
      const what = `${printEvent(event)} was shown by a read that did not ask for it.`;
      yield violation({ rule: 12, what, events: [event], ...about });
    }
  }
  if (call.limit !== undefined && shown.length > call.limit) {
    const what = `a read of at most ${call.limit} events showed ${shown.length}.`;
    yield violation({ rule: 12, what, ...about });
  }
}

interface Shown {
  readonly matching: readonly StoredEvent[];
  readonly present: readonly StoredEvent[];
}

/** A forward read begins at the first event; a backward read ends there, unless it was to stop before. */
function* skippedEvents(
  evidence: Evidence,
  { matching, present }: Shown,
  { operation, call }: ReadCall<RecordedScan>,
): Generator<HistoryViolation> {
  const [first] = present;
  if (first === undefined) return;
  const isWhole = operation.outcome?.kind === "read" && (call.limit === undefined || present.length < call.limit);
  const start = call.direction === "forwards" || isWhole ? 0 : indexAfter(matching, first.sequenceNumber - 1);
  let next = start;
  for (const event of present) {
    const missing = matching[next];
    if (missing !== undefined && missing.id !== event.id) {
      const what = `${printEvent(missing)} was left out of a read of ${printSource(call.source)} that showed ${printEvent(event)}.`;
      const operations = [evidence.proposersOf(missing.id)[0], operation];
      yield violation({ rule: 7, kind: "skipped-event", what, operations, events: [missing] });
      return;
    }
    next += 1;
  }
}

interface EndOfRead {
  readonly operation: Operation;
  readonly source: RecordedScan["source"];
  readonly matching: readonly StoredEvent[];
  /** The newest event that was shown. */
  readonly last: StoredEvent | undefined;
}

/** A read must end after everything that was known, and not within a publish. */
function* checkEnd(
  { guarantee, known, storerOf }: Evidence,
  { operation, source, matching, last }: EndOfRead,
): Generator<HistoryViolation> {
  const end = last === undefined ? 0 : indexAfter(matching, last.sequenceNumber);
  const ending = last === undefined ? "nothing" : `nothing after ${printEvent(last)}`;
  const unseen = matching.slice(end);
  const missed = unseen.findLast((event) => known.witnessOf(event, operation.invokedAtNs) !== undefined);
  if (missed !== undefined) {
    const what = `a read of ${printSource(source)} showed ${ending}, though ${printEvent(missed)} was known before it began.`;
    const operations = [known.witnessOf(missed, operation.invokedAtNs), operation];
    yield violation({ rule: 13, kind: "stale-read", what, operations, events: [missed] });
    return;
  }
  const isShown = ({ id, sequenceNumber }: StoredEvent): boolean => {
    const index = indexAfter(matching, sequenceNumber) - 1;
    return index < end && matching[index]?.id === id;
  };
  if (isWiderThan(source, guarantee)) return;
  const parted = unseen
    .slice(0, LOOK_AHEAD)
    .find(({ id }) => storerOf(id)?.entries.some(({ events }) => events.some(isShown)));
  if (parted !== undefined) {
    const what = `a read of ${printSource(source)} showed ${ending}, which is a part of the publish that also stored ${printEvent(parted)}.`;
    const operations = [storerOf(parted.id)?.operation, operation];
    yield violation({ rule: 2, kind: "half-publish", what, operations, events: [parted] });
  }
}

function* checkLatest(evidence: Evidence, { operation, call }: ReadCall<RecordedLatest>): Generator<HistoryViolation> {
  if (operation.outcome?.kind !== "read") return;
  const [latest] = eventsSeen(operation);
  if (latest !== undefined && !isIn(call.source, latest)) {
    const what = `the latest event of ${printSource(call.source)} was said to be ${printEvent(latest)}, which is not in it.`;
    yield violation({ rule: 15, kind: "wrong-read", what, operations: [operation], events: [latest] });
    return;
  }
  if (latest !== undefined && evidence.log.byId(latest.id) === undefined) return; // said elsewhere
  yield* checkEnd(evidence, {
    operation,
    matching: evidence.log.of(call.source),
    last: latest,
    source: call.source,
  });
}

function* checkLookUp(evidence: Evidence, { operation, call }: ReadCall<RecordedLookUp>): Generator<HistoryViolation> {
  if (operation.outcome?.kind !== "read") return;
  const [found] = eventsSeen(operation);
  const about = { rule: 15, operations: [operation], events: [{ id: call.id }] };
  if (found !== undefined && found.id !== call.id) {
    yield violation({ ...about, kind: "wrong-read", what: `${call.id} was asked for, and ${found.id} came.` });
  } else if (found === undefined && evidence.known.wasSeen(call.id, operation.invokedAtNs)) {
    yield violation({ ...about, kind: "stale-read", what: `${call.id} was known, and not found by its id.` });
  }
}
