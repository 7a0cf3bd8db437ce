import { sequenceNumberAfter, sequenceNumberBefore } from "@eventfold/store";
import { isEventfoldError, type StoredEvent } from "@eventfold/types";
import type { Subscription } from "../subscription/subscription.ts";
import { type Arrival, arrivalOf } from "./arrival.ts";
import type { Entry } from "./backlog.ts";

/** A part of what a subscription reads. Both bounds are exclusive. */
export interface ScannedPart {
  readonly after: number;
  readonly before: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a subscription reads between two sequence numbers, in order. An event that cannot be read does not end it.
 *
 * @throws what else the source rejects with.
 */
export async function* scanAround(
  subscription: Pick<Subscription, "source" | "constraints">,
  { after, before, signal }: ScannedPart,
): AsyncGenerator<Arrival, void, undefined> {
  const { source, constraints } = subscription;
  for (let from = after; ; ) {
    try {
      const bounds = [sequenceNumberAfter(from), sequenceNumberBefore(before)];
      for await (const event of source.scan({ constraints: [...constraints, ...bounds], signal })) {
        from = event.sequenceNumber;
        yield arrivalOf(event);
      }
      return;
    } catch (error) {
      if (!isEventfoldError(error, "UNREADABLE_EVENT")) throw error;
      const { event: location } = error;
      const { sequenceNumber } = location;
      if (sequenceNumber <= from || sequenceNumber >= before) throw error;
      yield* scanAround(subscription, { after: from, before: sequenceNumber, signal });
      yield { location, event: undefined };
      from = sequenceNumber;
    }
  }
}

/**
 * The event of a number, if the subscription reads it.
 *
 * @throws `UnreadableEventError` when it is there and cannot be read; what else the source rejects with.
 */
export async function eventAt(
  { source, constraints }: Pick<Subscription, "source" | "constraints">,
  sequenceNumber: number,
): Promise<StoredEvent | undefined> {
  const bounds = [sequenceNumberAfter(sequenceNumber - 1), sequenceNumberBefore(sequenceNumber + 1)];
  for await (const event of source.scan({ constraints: [...constraints, ...bounds], limit: 1 })) return event;
  return undefined;
}

/**
 * The events of open entries, in their order; those that are not in memory are read again, all at once. One that is not there any more is
 * left out.
 *
 * @throws `UnreadableEventError` when one is there and cannot be read; what else the source rejects with.
 */
export async function eventsOf(
  subscription: Pick<Subscription, "source" | "constraints">,
  entries: readonly Entry[],
): Promise<readonly StoredEvent[]> {
  const missing = entries.filter(({ event }) => event === undefined);
  const again = await eventsAt(
    subscription,
    missing.map(({ location }) => location.sequenceNumber),
  );
  return entries.flatMap(({ event, location }) => event ?? again.get(location.sequenceNumber) ?? []);
}

/** The events of numbers that rise, as far as the subscription reads them. */
async function eventsAt(
  subscription: Pick<Subscription, "source" | "constraints">,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, StoredEvent>> {
  const events = new Map<number, StoredEvent>();
  const [first, last] = [numbers[0], numbers.at(-1)];
  if (first === undefined || last === undefined) return events;
  const { source, constraints } = subscription;
  const bounds = [sequenceNumberAfter(first - 1), sequenceNumberBefore(last + 1)];
  const wanted = new Set(numbers);
  for await (const event of source.scan({ constraints: [...constraints, ...bounds] })) {
    if (wanted.has(event.sequenceNumber)) events.set(event.sequenceNumber, event);
  }
  return events;
}
