import {
  type LogPublishEntry,
  newEvent,
  type PublishOptions,
  type PublishOutcome,
  type PublishRefusal,
  type StoredEvent,
} from "@eventfold/store";
import { isEventfoldError } from "@eventfold/types";
import type { RecordedEntry, RecordedFailIf, RecordedOutcome } from "./history-line.ts";
import { NotedPredicates, notedCondition, type PredicateAnswer } from "./recorded-condition.ts";
import { failure } from "./recorded-failure.ts";
import type { Recorder } from "./recorder.ts";

type Stored = readonly (StoredEvent | readonly StoredEvent[])[] & PublishOutcome;

/**
 * Makes a publish and notes it. Events without ids are given theirs beforehand, so that the history knows what was under way
 * if the process ends in the middle.
 */
export async function recordedPublish<TStored extends Stored>(
  recorder: Recorder,
  { entries, failIf }: PublishOptions & { readonly entries: readonly LogPublishEntry[] },
  publish: (entries: readonly LogPublishEntry[]) => Promise<TStored>,
): Promise<TStored> {
  const predicates = new NotedPredicates();
  const noted = entries.map((entry) => notedEntry(entry, predicates));
  const call = recorder.begin({
    kind: "publish",
    entries: noted.map(({ recorded }) => recorded),
    ...(failIf && { failIf: notedFailIf(failIf) }),
  });
  try {
    const stored = await publish(noted.map(({ entry }) => entry));
    call.saw(stored.flat() as readonly StoredEvent[]);
    call.ended({ kind: stored.isRepeat ? "repeat" : "stored", answers: predicates.answers });
    return stored;
  } catch (error) {
    call.ended(refusal(error, predicates.answers));
    throw error;
  }
}

function notedEntry(
  { category, stream, events = [], condition }: LogPublishEntry,
  predicates: NotedPredicates,
): { readonly recorded: RecordedEntry; readonly entry: LogPublishEntry } {
  const prepared = events.map((event) => newEvent(event));
  const names = { category, stream };
  const recorded = { ...names, eventIds: prepared.map(({ id }) => id) };
  if (condition === undefined) return { recorded, entry: { ...names, events: prepared } };
  const noted = notedCondition(condition, predicates);
  return {
    recorded: { ...recorded, condition: noted.recorded },
    entry: { ...names, events: prepared, condition: noted.condition },
  };
}

function notedFailIf(refusal: PublishRefusal): RecordedFailIf {
  if (refusal.kind === "events-match") return { items: refusal.items, after: 0 };
  return { items: refusal.query.items, after: refusal.after };
}

function refusal(error: unknown, answers: readonly PredicateAnswer[]): RecordedOutcome {
  if (isEventfoldError(error, "UNMET_WRITE_CONDITION")) {
    const unmet = error.unmet.map(({ category, stream, latestPosition }) => ({ category, stream, latestPosition }));
    return { kind: "unmet", unmet, answers };
  }
  if (isEventfoldError(error, "EVENTS_MATCHED")) {
    return { kind: "matched", sequenceNumber: error.sequenceNumber, answers };
  }
  if (isEventfoldError(error, "DUPLICATE_EVENT_ID")) return { kind: "duplicate", ids: error.ids };
  return failure(error);
}
