import type { StoredEvent } from "@eventfold/types";
import type { ClaimedLine, DeliveryRecords, ParkedLine, SavedLine, UnparkedLine } from "../delivery-line.ts";
import { type Handling, handlingsOf, isDone } from "./handling.ts";

/** Computes the key by which events are kept in order. */
export type DeliveryKeyOf = (event: StoredEvent) => string;

/** All that is known of a delivery, for the rules to look at. */
export interface DeliveryEvidence {
  /** The events that were to be handled, in order. */
  readonly log: readonly StoredEvent[];
  readonly byId: ReadonlyMap<string, StoredEvent>;
  readonly keyOf: DeliveryKeyOf;
  /** The events of each key, in order. */
  readonly byKey: ReadonlyMap<string, readonly StoredEvent[]>;
  /** For the id of an event, its place among the events of its key, from 0. */
  readonly placeOf: ReadonlyMap<string, number>;
  readonly handlings: readonly Handling[];
  readonly claims: readonly ClaimedLine[];
  readonly saves: readonly SavedLine[];
  readonly parks: readonly ParkedLine[];
  readonly unparks: readonly UnparkedLine[];
  /** When each event was first handled to the end, in nanoseconds. */
  readonly doneAtNs: ReadonlyMap<string, number>;
}

/** @throws `RangeError` when two recordings have the same name, or the log is not in order. */
export function evidenceOf(
  records: DeliveryRecords,
  { log, keyOf }: Pick<DeliveryEvidence, "log" | "keyOf">,
): DeliveryEvidence {
  if (log.some(({ sequenceNumber }, index) => sequenceNumber <= (log[index - 1]?.sequenceNumber ?? 0))) {
    throw new RangeError("The log to check against is what a scan forwards showed: its sequence numbers rise.");
  }
  const byId = new Map(log.map((event) => [event.id, event]));
  const byKey = Map.groupBy(log, keyOf);
  const places = [...byKey.values()].flatMap((events) => events.map(({ id }, place) => [id, place] as const));
  const handlings = handlingsOf(records, byId);
  return {
    log,
    byId,
    keyOf,
    byKey,
    placeOf: new Map(places),
    handlings,
    claims: records.filter((line) => line.kind === "claimed"),
    saves: records.filter((line) => line.kind === "saved"),
    parks: records.filter((line) => line.kind === "parked"),
    unparks: records.filter((line) => line.kind === "unparked"),
    doneAtNs: firstEnds(handlings.filter(isDone)),
  };
}

function firstEnds(handlings: readonly Handling[]): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (const { eventIds, end } of handlings) {
    const atNs = end?.atNs ?? Number.POSITIVE_INFINITY;
    for (const id of eventIds) ends.set(id, Math.min(atNs, ends.get(id) ?? Number.POSITIVE_INFINITY));
  }
  return ends;
}
