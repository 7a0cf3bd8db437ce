import type { StoredEvent } from "@eventfold/types";
import type { ClaimedLine } from "../delivery-line.ts";
import type { DeliveryEvidence } from "./delivery-evidence.ts";
import { type DeliveryViolation, printEvent, violation } from "./delivery-violation.ts";
import { type Handling, isDone } from "./handling.ts";
import type { Parkings } from "./parking.ts";

/** Rule 2: each owner handles the events of a key one after the other, from the first one above its checkpoint. */
export function* checkOrder(
  evidence: DeliveryEvidence,
  parkings: Parkings,
  transactions: boolean,
): Generator<DeliveryViolation> {
  const claims = new Map(evidence.claims.map((claim) => [ownershipOf(claim), claim]));
  for (const [ownership, handlings] of Map.groupBy(evidence.handlings, ownershipOf)) {
    const claim = claims.get(ownership);
    if (claim !== undefined) yield* new OwnedOrder(evidence, { parkings, claim, transactions }).check(handlings);
  }
}

function ownershipOf({ node, partition, token }: Pick<ClaimedLine, "node" | "partition" | "token">): string {
  return JSON.stringify([node, partition, token]);
}

interface Last {
  readonly handling: Handling;
  readonly first: number;
  readonly last: number;
}

/** What one owner of a partition did, from its claim on. */
class OwnedOrder {
  readonly #evidence: DeliveryEvidence;
  readonly #parkings: Parkings;
  readonly #claim: ClaimedLine;
  /** Whether a call that came to its end may be made again. */
  readonly #transactions: boolean;
  /** The last call for each key, and the places of its events among those of the key. */
  readonly #last = new Map<string, Last>();

  constructor(
    evidence: DeliveryEvidence,
    own: { readonly parkings: Parkings; readonly claim: ClaimedLine; readonly transactions: boolean },
  ) {
    this.#evidence = evidence;
    this.#parkings = own.parkings;
    this.#claim = own.claim;
    this.#transactions = own.transactions;
  }

  *check(handlings: readonly Handling[]): Generator<DeliveryViolation> {
    for (const handling of handlings) {
      const replayed = handling.events.every((event) => this.#parkings.isParked(event, handling));
      if (replayed) continue; // rule 7 judges it
      for (const [key, events] of Map.groupBy(handling.events, this.#evidence.keyOf)) {
        yield* this.#checkCall(key, handling, events);
      }
    }
  }

  *#checkCall(key: string, handling: Handling, events: readonly StoredEvent[]): Generator<DeliveryViolation> {
    const before = this.#last.get(key);
    const all = this.#evidence.byKey.get(key) ?? [];
    if (before !== undefined && (before.handling.end?.atNs ?? Number.POSITIVE_INFINITY) > handling.atNs) {
      const what = `${events.map(printEvent).join(", ")} was begun while an event of the same stream was in hand.`;
      yield violation({ kind: "overlap", what, events, handlings: [before.handling, handling] });
    }
    const places = events.map(({ id }) => this.#evidence.placeOf.get(id) ?? 0);
    let expected = this.#expectedAfter(before, all);
    if (this.#transactions && places[0] === before?.first) expected = before?.first ?? expected;
    for (const [index, event] of events.entries()) {
      const place = places[index] ?? 0;
      const missed = all.slice(expected, place).filter((each) => !this.#mayMiss(each, handling, before));
      if (place < expected || missed.length > 0) yield this.#disorder({ event, missed, before, handling });
      expected = place + 1;
    }
    this.#last.set(key, { handling, first: places[0] ?? 0, last: places.at(-1) ?? 0 });
  }

  #expectedAfter(before: Last | undefined, all: readonly StoredEvent[]): number {
    if (before === undefined) return this.#firstOf(all);
    return isDone(before.handling) ? before.last + 1 : before.first;
  }

  #firstOf(all: readonly StoredEvent[]): number {
    const index = all.findIndex(({ sequenceNumber }) => sequenceNumber > this.#claim.checkpoint);
    return index < 0 ? all.length : index;
  }

  /**
   * Whether an owner may leave out an event: a parked event is passed over, and an event that was tried by itself and failed may have
   * been given up, which rule 1 judges.
   */
  #mayMiss(event: StoredEvent, handling: Handling, before: Last | undefined): boolean {
    const wasGivenUp = before !== undefined && !isDone(before.handling) && before.handling.eventIds.join() === event.id;
    return wasGivenUp || this.#parkings.mayBePassedOver(event, handling.atNs);
  }

  #disorder(found: {
    readonly event: StoredEvent;
    readonly missed: readonly StoredEvent[];
    readonly before: Last | undefined;
    readonly handling: Handling;
  }): DeliveryViolation {
    const { event, missed, before, handling } = found;
    const { checkpoint } = this.#claim;
    const since = before === undefined ? `the checkpoint ${checkpoint} of this owner` : "the call before";
    const what =
      missed.length === 0
        ? `${printEvent(event)} was handled again, though it is not after ${since}.`
        : `${printEvent(event)} was handled before ${missed.map(printEvent).join(", ")}, which came first after ${since}.`;
    const handlings = before === undefined ? [handling] : [before.handling, handling];
    return violation({ kind: "disorder", what, events: [event, ...missed], handlings });
  }
}
