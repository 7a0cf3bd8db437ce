import type { StoredEvent } from "@eventfold/types";
import type { DeliveryEvidence } from "./delivery-evidence.ts";
import type { Handling } from "./handling.ts";

interface Parking {
  readonly token: number;
  /** When the park was asked for, and when it was acknowledged. */
  readonly sentAtNs: number;
  readonly fromNs: number;
  /** When the event was unparked. */
  readonly toNs: number;
}

interface StreamParking extends Parking {
  readonly sequenceNumber: number;
}

/** Which events were parked, by themselves or behind another event of their stream, and when. */
export class Parkings {
  readonly #ofEvents = new Map<string, Parking[]>();
  readonly #ofKeys = new Map<string, StreamParking[]>();
  readonly #keyOf: DeliveryEvidence["keyOf"];

  constructor({ parks, unparks, byId, keyOf }: DeliveryEvidence) {
    this.#keyOf = keyOf;
    for (const { eventId, isWholeStream, token, sentAtNs, atNs } of parks) {
      const event = byId.get(eventId);
      if (event === undefined) continue;
      const { sequenceNumber } = event;
      const ends = unparks.filter((line) => line.atNs > atNs && line.sequenceNumbers.includes(sequenceNumber));
      const parking = { token, sentAtNs, fromNs: atNs, toNs: Math.min(...ends.map((line) => line.sentAtNs)) };
      add(this.#ofEvents, eventId, parking);
      if (isWholeStream) add(this.#ofKeys, keyOf(event), { ...parking, sequenceNumber });
    }
  }

  /** How many events were parked, by themselves. */
  get count(): number {
    return this.#ofEvents.size;
  }

  /** Since when an event is passed over, because it is parked or its stream waits; `undefined` if it never is. */
  passedOverSinceNs(event: StoredEvent): number | undefined {
    const parkings = [...(this.#ofEvents.get(event.id) ?? []), ...this.#before(event)];
    return parkings.length === 0 ? undefined : Math.min(...parkings.map(({ fromNs }) => fromNs));
  }

  /** Whether an event was parked by itself when a call began, by the owner of the call or an earlier owner, so that the owner knows. */
  isParked({ id }: StoredEvent, { atNs, token: ownToken }: Handling): boolean {
    const parkings = this.#ofEvents.get(id) ?? [];
    return parkings.some(({ token, fromNs, toNs }) => token <= ownToken && fromNs <= atNs && atNs < toNs);
  }

  /** Whether an event may be passed over at a time. */
  mayBePassedOver(event: StoredEvent, atNs: number): boolean {
    const parkings = [...(this.#ofEvents.get(event.id) ?? []), ...this.#before(event)];
    return parkings.some(({ sentAtNs }) => sentAtNs <= atNs);
  }

  #before(event: StoredEvent): readonly Parking[] {
    const ofKey = this.#ofKeys.get(this.#keyOf(event)) ?? [];
    return ofKey.filter(({ sequenceNumber }) => sequenceNumber < event.sequenceNumber);
  }
}

function add<TValue>(lists: Map<string, TValue[]>, name: string, value: TValue): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [value]);
  else list.push(value);
}
