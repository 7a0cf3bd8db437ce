import type { RecordedEntry } from "../history-line.ts";
import { type PredicateAnswer, printCondition, recordedConditionHolds } from "../recorded-condition.ts";
import type { Evidence, StoredEntry, StoredPublish } from "./evidence.ts";
import { type HistoryViolation, printEvent, violation } from "./history-violation.ts";
import { positionBefore, positionsIn, printWindow, type StreamWindow, windowOf } from "./stream-window.ts";

/** Checks that everything that was stored was stored where its conditions held. */
export function* checkConditions(evidence: Evidence): Generator<HistoryViolation> {
  for (const publish of evidence.stored) {
    if (publish.operation.outcome?.kind === "repeat") continue;
    for (const entry of publish.entries) yield* checkEntry(evidence, publish, entry);
  }
}

function* checkEntry(
  evidence: Evidence,
  publish: StoredPublish,
  { entry, events }: StoredEntry,
): Generator<HistoryViolation> {
  const { condition, category, stream } = entry;
  if (condition === undefined) return;
  const { operation } = publish;
  const window = windowOfEntry(evidence, publish, { entry, events });
  const answers = answersOf(operation.outcome);
  // What predicates answered in a process that ended early is not known.
  const isOpen = (holds: boolean | undefined): boolean => holds === undefined && operation.outcome === undefined;
  const mayHold = positionsIn(window).some((position) => {
    const holds = recordedConditionHolds(condition, position, answers);
    return holds === true || isOpen(holds);
  });
  if (mayHold) return;
  const [first] = events;
  const what = `${printCondition(condition)} did not hold of ${category}/${stream}, which was ${printWindow(window)}, and yet ${first === undefined ? "the publish that it guards" : printEvent(first)} was stored.`;
  const rival = first && evidence.log.of({ kind: "stream", category, stream })[first.position - 1];
  const operations = [rival && evidence.proposersOf(rival.id)[0], operation];
  yield violation({ rule: 3, kind: "condition-ignored", what, operations, events });
}

/** Where the stream of an entry was when the entry was judged. */
function windowOfEntry(
  evidence: Evidence,
  { operation, entries }: StoredPublish,
  { entry, events }: StoredEntry,
): StreamWindow {
  const [first] = events;
  if (first !== undefined) return { lowest: first.position - 1, highest: first.position - 1 };
  const [firstOfAll] = entries.flatMap((each) => each.events);
  if (evidence.guarantee === "log" && firstOfAll !== undefined) {
    return positionBefore(evidence, entry, firstOfAll.sequenceNumber);
  }
  return windowOf(evidence, entry, { fromNs: operation.invokedAtNs, toNs: operation.endedAtNs });
}

function answersOf(outcome: StoredPublish["operation"]["outcome"]): readonly PredicateAnswer[] {
  return outcome !== undefined && "answers" in outcome ? outcome.answers : [];
}

/** Whether a condition surely holds of a stream that is at this position. */
export function surelyHolds(
  { condition }: RecordedEntry,
  position: number,
  answers: readonly PredicateAnswer[],
): boolean {
  return condition === undefined || recordedConditionHolds(condition, position, answers) === true;
}
