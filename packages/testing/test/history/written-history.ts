import { eventIdFrom, type StoredEvent } from "@eventfold/store";
import { aStoredEvent } from "@eventfold/testing";
import type {
  HistoryLine,
  RecordedCall,
  RecordedCondition,
  RecordedFailIf,
  RecordedOutcome,
  RecordedScan,
} from "@eventfold/testing/history";

/** The id of the event with this number. */
export function id(number: number): string {
  return eventIdFrom("written", number);
}

/** An event of the stream `c/s`, its number its sequence number too. */
export function event(number: number, own: Partial<StoredEvent> = {}): StoredEvent {
  const stored = aStoredEvent().build();
  const place = { category: "c", stream: "s", position: number - 1, sequenceNumber: number };
  return { ...stored, observedAt: new Date(0), occurredAt: new Date(0), id: id(number), ...place, ...own };
}

/** When a call was made and when it ended; without an end its process ended first. */
export type Span = readonly [from: number, to?: number];

let calls = 0;

/** The lines of one call. */
export function call(
  [from, to]: Span,
  made: RecordedCall,
  { outcome, events = [] }: { readonly outcome: RecordedOutcome; readonly events?: readonly StoredEvent[] },
): HistoryLine[] {
  calls += 1;
  const place = { process: "p", operation: calls };
  const lines: HistoryLine[] = [{ kind: "invoked", ...place, atNs: from, call: made }];
  if (to === undefined) return lines;
  if (events.length > 0) lines.push({ kind: "saw", ...place, atNs: to, events });
  return [...lines, { kind: "ended", ...place, atNs: to, outcome }];
}

/** What is asked of a publish, and what became of it. */
interface Asked {
  readonly condition?: RecordedCondition;
  readonly failIf?: RecordedFailIf;
  readonly outcome?: RecordedOutcome;
}

/** A publish of events to their streams; the outcome is that they were stored, unless another one is given. */
export function publish(
  span: Span,
  events: readonly StoredEvent[],
  { condition, failIf, outcome }: Asked = {},
): HistoryLine[] {
  const streams = Map.groupBy(events, ({ category, stream }) => JSON.stringify([category, stream]));
  const entries = [...streams.values()].map((own) => ({
    category: own[0]?.category ?? "",
    stream: own[0]?.stream ?? "",
    eventIds: own.map((each) => each.id),
    condition,
  }));
  const isStored = outcome === undefined || outcome.kind === "stored" || outcome.kind === "repeat";
  return call(
    span,
    { kind: "publish", entries, failIf },
    { outcome: outcome ?? { kind: "stored", answers: [] }, events: isStored ? events : [] },
  );
}

/** A scan of the log, or another one, that showed these events to its end. */
export function scan(span: Span, events: readonly StoredEvent[], own: Partial<RecordedScan> = {}): HistoryLine[] {
  const whole = { kind: "scan", source: { kind: "log" }, constraints: [], direction: "forwards" } as const;
  return call(span, { ...whole, ...own }, { outcome: { kind: "read" }, events });
}

/** A reading of the boundary of the tag "a", complete up to a number. */
export function boundary(span: Span, after: number, events: readonly StoredEvent[]): HistoryLine[] {
  const read = { kind: "boundary", items: [{ tags: ["a"] }] } as const;
  return call(span, read, { outcome: { kind: "read-up-to", after }, events });
}
