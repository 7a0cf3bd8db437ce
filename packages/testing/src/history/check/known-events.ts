import type { OrderingGuarantee, StoredEvent } from "@eventfold/store";
import { eventsSeen, type Operation } from "../operation.ts";
import type { StoredLog } from "./stored-log.ts";

/** The newest event that somebody had seen, and the call that showed it. */
export interface Witness {
  readonly sequenceNumber: number;
  readonly atNs: number;
  readonly operation: Operation;
}

/**
 * What was known when: within the scope of the ordering guarantee, whoever has seen a sequence number knows that every
 * event up to it is stored, and that no other will come before it.
 */
export class KnownEvents {
  readonly #guarantee: OrderingGuarantee;
  /** Per scope, by time; each with a greater sequence number than those before. */
  readonly #witnesses = new Map<string, Witness[]>();
  readonly #firstSeen = new Map<string, number>();

  constructor(operations: readonly Operation[], log: StoredLog, guarantee: OrderingGuarantee) {
    this.#guarantee = guarantee;
    const sights = operations.flatMap((operation) => operation.sights.map((sight) => ({ operation, ...sight })));
    for (const { operation, atNs, events } of sights.sort((a, b) => a.atNs - b.atNs)) {
      for (const event of events) {
        const stored = log.byId(event.id);
        if (stored?.sequenceNumber === event.sequenceNumber) this.#note(stored, { operation, atNs });
      }
    }
  }

  /** The newest event in the scope of this one that anybody had seen before a time. */
  newestBefore(event: StoredEvent, atNs: number): Witness | undefined {
    const witnesses = this.#witnesses.get(this.#scopeOf(event)) ?? [];
    let [low, high] = [0, witnesses.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((witnesses[middle]?.atNs ?? 0) < atNs) low = middle + 1;
      else high = middle;
    }
    return witnesses[low - 1];
  }

  /** A call that proves that an event was stored before a time; `undefined` if there is none. */
  witnessOf(event: StoredEvent, atNs: number): Operation | undefined {
    const newest = this.newestBefore(event, atNs);
    return newest !== undefined && newest.sequenceNumber >= event.sequenceNumber ? newest.operation : undefined;
  }

  /** Whether an event itself had been seen before a time. */
  wasSeen(id: string, atNs: number): boolean {
    return (this.#firstSeen.get(id) ?? Number.POSITIVE_INFINITY) < atNs;
  }

  #note(event: StoredEvent, { operation, atNs }: { readonly operation: Operation; readonly atNs: number }): void {
    if (!this.#firstSeen.has(event.id)) this.#firstSeen.set(event.id, atNs);
    const scope = this.#scopeOf(event);
    const witnesses = this.#witnesses.get(scope) ?? [];
    if (witnesses.length === 0) this.#witnesses.set(scope, witnesses);
    const { sequenceNumber } = event;
    if ((witnesses.at(-1)?.sequenceNumber ?? 0) < sequenceNumber) witnesses.push({ sequenceNumber, atNs, operation });
  }

  #scopeOf({ category, stream }: StoredEvent): string {
    switch (this.#guarantee) {
      case "log":
        return "";
      case "category":
        return category;
      case "stream":
        return JSON.stringify([category, stream]);
    }
  }
}

/** The whole log, as shown by the last reading in the history, after which nothing may follow. */
export function lastReading(operations: readonly Operation[]): readonly StoredEvent[] {
  const lastPublish = operations.findLastIndex(({ call }) => call.kind === "publish");
  const ends = operations.filter(({ call }) => call.kind === "publish").map(({ endedAtNs }) => endedAtNs);
  const lastEnd = ends.filter(Number.isFinite).reduce((a, b) => Math.max(a, b), 0);
  const reading = operations.findLast(
    (operation, index) => index > lastPublish && operation.invokedAtNs >= lastEnd && isReadingOfLog(operation),
  );
  if (reading === undefined) {
    throw new RangeError("A history is checked against the log it left: end it with `await recorded.log().read()`.");
  }
  return eventsSeen(reading);
}

/** The ids of the events that were stored before the history began: those that the log showed before the first publish. */
export function idsFromBefore(operations: readonly Operation[]): ReadonlySet<string> {
  const first = operations.find(({ call }) => call.kind === "publish");
  const begin = first?.invokedAtNs ?? Number.POSITIVE_INFINITY;
  const readings = operations.filter((operation) => operation.endedAtNs <= begin && isReadingOfLog(operation));
  return new Set(readings.flatMap(eventsSeen).map(({ id }) => id));
}

function isReadingOfLog({ call, outcome }: Operation): boolean {
  return (
    call.kind === "scan" &&
    call.source.kind === "log" &&
    call.direction === "forwards" &&
    call.limit === undefined &&
    call.constraints.length === 0 &&
    outcome?.kind === "read"
  );
}
