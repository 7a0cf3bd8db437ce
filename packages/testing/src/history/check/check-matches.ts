import type { StoredEvent } from "@eventfold/store";
import { isMatch } from "../../event-storage/rules/generated-constraints.ts";
import type { RecordedFailIf } from "../history-line.ts";
import type { Evidence, Publish, StoredPublish } from "./evidence.ts";
import { type HistoryViolation, printEvent, violation } from "./history-violation.ts";
import { indexAfter } from "./stored-log.ts";

/** Checks that no publish was stored after an event that it was to be refused for, and that every such refusal names the first one. */
export function* checkMatches(evidence: Evidence): Generator<HistoryViolation> {
  for (const publish of evidence.stored) yield* checkStored(evidence, publish);
  for (const publish of evidence.publishes) yield* checkRefused(evidence, publish);
}

/** Events get their numbers under the locks of those that they may match, so an event below the publish was there before it. */
function* checkStored(evidence: Evidence, { operation, entries }: StoredPublish): Generator<HistoryViolation> {
  const { failIf } = operation.call;
  if (failIf === undefined || operation.outcome?.kind === "repeat") return;
  const [first] = entries.flatMap(({ events }) => events);
  const overlooked =
    first === undefined ? knownMatch(evidence, operation, failIf) : matchBefore(evidence, first, failIf);
  if (overlooked === undefined) return;
  const stored = first === undefined ? "a publish that only checks" : printEvent(first);
  const what = `${printEvent(overlooked)} matches the query of failIf above ${failIf.after}, and yet ${stored} went through after it.`;
  const operations = [evidence.proposersOf(overlooked.id)[0], operation];
  yield violation({ rule: 26, kind: "match-overlooked", what, operations, events: [overlooked] });
}

function* checkRefused(evidence: Evidence, publish: Publish): Generator<HistoryViolation> {
  const { call, outcome } = publish;
  if (outcome?.kind !== "matched") return;
  const about = { rule: 26, kind: "false-refusal", operations: [publish] } as const;
  if (call.failIf === undefined) {
    yield violation({
      ...about,
      what: "a publish was refused for an event that matches, but asked for nothing of the kind.",
    });
    return;
  }
  const { after } = call.failIf;
  const [match] = matchesOf(evidence, call.failIf);
  const told = `a publish was refused because sequence number ${outcome.sequenceNumber} matches`;
  if (match?.sequenceNumber !== outcome.sequenceNumber) {
    const found =
      match === undefined ? "nothing above it does" : `the first above it that does is ${printEvent(match)}`;
    yield violation({ ...about, what: `${told} above ${after}, but ${found}.` });
  } else if (!mayHaveBeenStored(evidence, match, publish.endedAtNs)) {
    yield violation({ ...about, what: `${told}, but nobody had published it.`, events: [match] });
  }
}

/** The first event that matches, if it comes before another one. */
function matchBefore(evidence: Evidence, event: StoredEvent, failIf: RecordedFailIf): StoredEvent | undefined {
  const [match] = matchesOf(evidence, failIf);
  return match !== undefined && match.sequenceNumber < event.sequenceNumber ? match : undefined;
}

/** An event that matches, and was known before a publish was made which only checks: when it was judged is not known. */
function knownMatch(evidence: Evidence, publish: Publish, failIf: RecordedFailIf): StoredEvent | undefined {
  for (const match of matchesOf(evidence, failIf)) {
    if (evidence.known.witnessOf(match, publish.invokedAtNs) !== undefined) return match;
  }
  return undefined;
}

/** The events that match, by sequence number. */
function* matchesOf({ log }: Evidence, { items, after }: RecordedFailIf): Generator<StoredEvent> {
  for (let index = indexAfter(log.events, after); index < log.events.length; index += 1) {
    const event = log.events[index] as StoredEvent;
    if (isMatch(items, event)) yield event;
  }
}

function mayHaveBeenStored({ proposersOf, idsFromBefore }: Evidence, { id }: StoredEvent, byNs: number): boolean {
  return idsFromBefore.has(id) || proposersOf(id).some(({ invokedAtNs }) => invokedAtNs < byNs);
}
