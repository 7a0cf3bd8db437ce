import { isMatch } from "../../event-storage/rules/generated-constraints.ts";
import type { RecordedBoundary } from "../history-line.ts";
import { eventsSeen, type Operation } from "../operation.ts";
import type { Evidence } from "./evidence.ts";
import { type HistoryViolation, printEvent, violation } from "./history-violation.ts";

/** Checks that every boundary held exactly what matches up to its number, and everything that was known before it was read. */
export function* checkBoundaries(evidence: Evidence): Generator<HistoryViolation> {
  for (const operation of evidence.operations) {
    const { call, outcome } = operation;
    if (call.kind !== "boundary" || outcome?.kind !== "read-up-to") continue;
    yield* checkBoundary(evidence, { operation, call, after: outcome.after });
  }
}

interface ReadBoundary {
  readonly operation: Operation;
  readonly call: RecordedBoundary;
  readonly after: number;
}

function* checkBoundary(
  { log, known, proposersOf }: Evidence,
  { operation, call, after }: ReadBoundary,
): Generator<HistoryViolation> {
  const shown = eventsSeen(operation);
  const matching = log.events.filter((event) => isMatch(call.items, event));
  const expected = matching.filter(({ sequenceNumber }) => sequenceNumber <= after);
  const wanted = new Set(expected.map(({ id }) => id));
  const strange = shown.find(
    (event, index) =>
      (log.byId(event.id) !== undefined && !wanted.has(event.id)) ||
      event.sequenceNumber <= (shown[index - 1]?.sequenceNumber ?? 0),
  );
  if (strange !== undefined) {
    const what = `${printEvent(strange)} was in a boundary up to ${after} out of order, or without being asked for.`;
    yield violation({ rule: 27, kind: "wrong-read", what, operations: [operation], events: [strange] });
  }
  const ids = new Set(shown.map(({ id }) => id));
  const missing = expected.find(({ id }) => !ids.has(id));
  if (missing !== undefined) {
    const what = `${printEvent(missing)} matches, and was not in a boundary that was said to be complete up to ${after}.`;
    const operations = [proposersOf(missing.id)[0], operation];
    yield violation({ rule: 27, kind: "skipped-event", what, operations, events: [missing] });
  }
  const missed = matching.find(
    (event) => event.sequenceNumber > after && known.witnessOf(event, operation.invokedAtNs) !== undefined,
  );
  if (missed !== undefined) {
    const what = `a boundary was read up to ${after}, though ${printEvent(missed)}, which matches, was known before.`;
    const operations = [known.witnessOf(missed, operation.invokedAtNs), operation];
    yield violation({ rule: 27, kind: "stale-read", what, operations, events: [missed] });
  }
}
