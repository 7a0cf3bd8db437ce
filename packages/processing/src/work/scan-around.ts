import { sequenceNumberAfter, sequenceNumberBefore } from "@eventfold/store";
import { isEventfoldError, type StoredEvent } from "@eventfold/types";
import type { Subscription } from "../subscription/subscription.ts";
import { type Arrival, arrivalOf } from "./arrival.ts";

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
