import type { StoredEvent } from "@eventfold/types";
import type { DeliveryEvidence } from "./delivery-evidence.ts";
import { type DeliveryViolation, printEvent, violation } from "./delivery-violation.ts";
import { msOf } from "./handling.ts";
import type { Parkings } from "./parking.ts";

/** How many events a message names. */
const NAMED = 3;

interface SettledEvent {
  readonly event: StoredEvent;
  /** When it was done, parked or skipped; infinite for never. */
  readonly atNs: number;
}

/** Rule 3: every event at or below a checkpoint had ended before the checkpoint was saved, or before somebody went on from it. */
export function* checkCheckpoints(
  evidence: DeliveryEvidence,
  parkings: Parkings,
  skips: boolean,
): Generator<DeliveryViolation> {
  const partitions = settledByPartition(evidence, parkings, skips);
  for (const { partition, checkpoint, node, token, sentAtNs } of evidence.saves) {
    const open = partitions.get(partition)?.openAt(checkpoint, sentAtNs) ?? [];
    const how = `saved for partition ${partition} by ${node} with token ${token} at ${msOf(sentAtNs)}`;
    if (open.length > 0) yield accuse(checkpoint, how, open);
  }
  for (const { partition, checkpoint, node, token, atNs } of evidence.claims) {
    const open = partitions.get(partition)?.openAt(checkpoint, atNs) ?? [];
    const how = `what ${node} went on from when it was given partition ${partition} with token ${token} at ${msOf(atNs)}`;
    if (open.length > 0) yield accuse(checkpoint, how, open);
  }
}

function accuse(checkpoint: number, how: string, events: readonly StoredEvent[]): DeliveryViolation {
  const more = events.length > NAMED ? ` and ${events.length - NAMED} more` : "";
  const named = events.slice(0, NAMED).map(printEvent).join(", ");
  const what = `the checkpoint ${checkpoint} was ${how}, before these had ended: ${named}${more}.`;
  return violation({ kind: "early-checkpoint", what, events });
}

function settledByPartition(
  { handlings, doneAtNs }: DeliveryEvidence,
  parkings: Parkings,
  skips: boolean,
): ReadonlyMap<number, SettledEvents> {
  const failedAtNs = new Map(
    handlings
      .filter(({ end }) => end?.error !== undefined)
      .flatMap(({ events, end }) => events.map(({ id }) => [id, end?.atNs])),
  );
  const partitions = new Map<number, Map<string, SettledEvent>>();
  for (const { partition, events } of handlings) {
    const settled = partitions.get(partition) ?? new Map<string, SettledEvent>();
    partitions.set(partition, settled);
    for (const event of events) {
      const ends = [
        doneAtNs.get(event.id),
        parkings.passedOverSinceNs(event),
        skips ? failedAtNs.get(event.id) : undefined,
      ];
      settled.set(event.id, { event, atNs: Math.min(...ends.filter((atNs) => atNs !== undefined)) });
    }
  }
  return new Map([...partitions].map(([partition, settled]) => [partition, new SettledEvents([...settled.values()])]));
}

/** The events of a partition that were handled, and when each was settled. */
class SettledEvents {
  readonly #events: readonly SettledEvent[];
  /** For each event, when it and all events before it were settled. */
  readonly #allAtNs: readonly number[];

  constructor(events: readonly SettledEvent[]) {
    this.#events = events.toSorted((a, b) => a.event.sequenceNumber - b.event.sequenceNumber);
    let allAtNs = 0;
    this.#allAtNs = this.#events.map(({ atNs }) => (allAtNs = Math.max(allAtNs, atNs)));
  }

  /** The events at or below a checkpoint that were not settled at a time. */
  openAt(checkpoint: number, atNs: number): readonly StoredEvent[] {
    const count = this.#countUpTo(checkpoint);
    if (count === 0 || (this.#allAtNs[count - 1] ?? 0) <= atNs) return [];
    return this.#events
      .slice(0, count)
      .filter((settled) => settled.atNs > atNs)
      .map(({ event }) => event);
  }

  #countUpTo(checkpoint: number): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.event.sequenceNumber ?? 0) <= checkpoint) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
