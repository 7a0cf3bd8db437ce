import { type SaveRequest, type SaveResult, storedEventOf } from "@eventfold/store/adapter";
import type { StoredEvent } from "@eventfold/types";

/** The places that a publish was written to: what its result is made from, once they are committed. */
export interface WrittenPublish {
  readonly kind: "written";
  readonly request: SaveRequest;
  /** Per write, the position of its first event. */
  readonly firstPositions: readonly number[];
  /** Of all events of the publish, in order. */
  readonly sequenceNumbers: readonly number[];
}

/** How a publish came out inside its transaction. */
export type Verdict = WrittenPublish | Exclude<SaveResult, { readonly kind: "stored" }>;

/** What a caller is told. Yields now and then, for there may be very many events. */
export function* resultOf(verdict: Verdict): Generator<void, SaveResult> {
  if (verdict.kind !== "written") return verdict;
  const { request, firstPositions, sequenceNumbers } = verdict;
  const events: StoredEvent[][] = [];
  let count = 0;
  for (const [index, { category, stream, events: prepared }] of request.writes.entries()) {
    const stored: StoredEvent[] = [];
    let position = firstPositions[index] as number;
    for (const event of prepared) {
      const sequenceNumber = sequenceNumbers[count++] as number;
      stored.push(storedEventOf(event, { category, stream, position: position++, sequenceNumber }));
      yield;
    }
    events.push(stored);
  }
  return { kind: "stored", events };
}

/** What the caller of a publish of one event is told, at once; `undefined` for others. */
export function singleResultOf(verdict: Verdict): SaveResult | undefined {
  if (verdict.kind !== "written" || verdict.sequenceNumbers.length !== 1) return;
  const [write, another] = verdict.request.writes;
  const [event] = write?.events ?? [];
  if (write === undefined || event === undefined || another !== undefined) return;
  const { category, stream } = write;
  const position = verdict.firstPositions[0] as number;
  const sequenceNumber = verdict.sequenceNumbers[0] as number;
  return { kind: "stored", events: [[storedEventOf(event, { category, stream, position, sequenceNumber })]] };
}
