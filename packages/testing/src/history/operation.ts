import { printSourceIdentifier, type SourceIdentifier, type StoredEvent } from "@eventfold/types";
import type {
  History,
  HistoryLine,
  RecordedCall,
  RecordedEntry,
  RecordedFailIf,
  RecordedOutcome,
} from "./history-line.ts";
import { printCondition } from "./recorded-condition.ts";

/** Events that a call showed, and when. */
export interface Sight {
  readonly atNs: number;
  readonly events: readonly StoredEvent[];
}

/** One complete call of a history. */
export interface Operation<TCall extends RecordedCall = RecordedCall> {
  readonly process: string;
  readonly number: number;
  readonly call: TCall;
  readonly invokedAtNs: number;
  /** When it ended; `Infinity` if its process ended first. */
  readonly endedAtNs: number;
  readonly sights: readonly Sight[];
  /** How it ended; `undefined` if its process ended first, so that it may or may not have taken place. */
  readonly outcome: RecordedOutcome | undefined;
}

type OpenOperation = { -readonly [K in keyof Operation]: Operation[K] } & { readonly sights: Sight[] };

/**
 * The calls of a history, in the order in which they were made.
 *
 * @throws `RangeError` when a line belongs to a call whose beginning is missing, or two recordings share a process name.
 *
 * @example
 * ```ts
 * for (const operation of operationsOf(recording.history())) console.log(printOperation(operation));
 * ```
 */
export function operationsOf(history: History): readonly Operation[] {
  const operations = new Map<string, OpenOperation>();
  for (const line of history) note(operations, line);
  return [...operations.values()].sort((a, b) => a.invokedAtNs - b.invokedAtNs);
}

function note(operations: Map<string, OpenOperation>, line: HistoryLine): void {
  const { process, operation: number, atNs } = line;
  const key = JSON.stringify([process, number]);
  const known = operations.get(key);
  if (line.kind === "invoked") {
    if (known !== undefined) throw new RangeError(`The history has two calls ${process}#${number}.`);
    const { call } = line;
    operations.set(key, {
      process,
      number,
      call,
      invokedAtNs: atNs,
      endedAtNs: Number.POSITIVE_INFINITY,
      sights: [],
      outcome: undefined,
    });
    return;
  }
  if (known === undefined) throw new RangeError(`The history lacks the beginning of the call ${process}#${number}.`);
  if (line.kind === "saw") known.sights.push({ atNs, events: line.events });
  else {
    known.endedAtNs = atNs;
    known.outcome = line.outcome;
  }
}

/** All events that a call showed, in the order in which they came. */
export function eventsSeen({ sights }: Pick<Operation, "sights">): readonly StoredEvent[] {
  return sights.length === 1 && sights[0] !== undefined ? sights[0].events : sights.flatMap(({ events }) => events);
}

/**
 * A call in one line, as a person would read it aloud.
 *
 * @example
 * ```ts
 * printOperation(operation); // "writer-1#4: publish 2 events to accounts/acc-1 if positionIs(3) → unmet"
 * ```
 */
export function printOperation(operation: Operation): string {
  return `${operation.process}#${operation.number}: ${printCall(operation.call)} → ${printOutcome(operation)}`;
}

function printCall(call: RecordedCall): string {
  switch (call.kind) {
    case "publish": {
      const failIf = call.failIf === undefined ? "" : `, unless ${printFailIf(call.failIf)}`;
      return `publish ${call.entries.map(printEntry).join(" and ")}${failIf}`;
    }
    case "boundary":
      return `boundary of ${JSON.stringify(call.items)}`;
    case "scan":
    case "follow": {
      const limit = call.limit === undefined ? "" : `, at most ${call.limit}`;
      const constraints = call.constraints.length === 0 ? "" : ` where ${JSON.stringify(call.constraints)}`;
      return `${call.kind} ${printSource(call.source)} ${call.direction}${limit}${constraints}`;
    }
    case "latest":
      return `latest of ${printSource(call.source)}`;
    case "event-by-id":
      return `event by id ${call.id}`;
  }
}

function printFailIf({ items, after }: RecordedFailIf): string {
  return `an event above ${after} matches ${JSON.stringify(items)}`;
}

/** A source in words. */
export function printSource(source: SourceIdentifier): string {
  return source.kind === "log" ? "the log" : printSourceIdentifier(source);
}

function printEntry({ category, stream, eventIds, condition }: RecordedEntry): string {
  const events = eventIds.length === 1 ? "1 event" : `${eventIds.length} events`;
  const what = eventIds.length === 0 ? "nothing" : events;
  return `${what} to ${category}/${stream}${condition === undefined ? "" : ` if ${printCondition(condition)}`}`;
}

function printOutcome(operation: Operation): string {
  const { outcome } = operation;
  const events = eventsSeen(operation).map(({ sequenceNumber }) => sequenceNumber);
  const numbers = events.length > 8 ? [...events.slice(0, 4), "…", ...events.slice(-3)] : events;
  const seen = events.length === 0 ? "" : ` (sequence numbers ${numbers.join(", ")})`;
  switch (outcome?.kind) {
    case undefined:
      return `no reply${seen}`;
    case "failed":
      return `failed with ${outcome.code ?? outcome.message}${seen}`;
    case "unmet":
      return `unmet: ${outcome.unmet.map(({ category, stream, latestPosition }) => `${category}/${stream} is ${latestPosition === undefined ? "empty" : `at position ${latestPosition}`}`).join(", ")}`;
    case "matched":
      return `matched by sequence number ${outcome.sequenceNumber}`;
    case "read-up-to":
      return `read up to ${outcome.after}${seen}`;
    case "duplicate":
      return `duplicate ids ${outcome.ids.join(", ")}`;
    default:
      return `${outcome?.kind}${seen || " nothing"}`;
  }
}
