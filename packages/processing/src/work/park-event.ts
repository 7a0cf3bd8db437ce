import type { EventToPark, ParkOutcome } from "../storage/parked-event.ts";
import { tracePark } from "../tracing/channels.ts";
import type { HeldPartition } from "./held-partition.ts";

/** Why an event is parked. */
export interface ParkReason {
  /** What tracing says of it. */
  readonly reason: unknown;
  /** What to tell of every failure of the storage that is passed over. */
  readonly message?: string | undefined;
}

/** Parks an event of a partition, again and again while the storage cannot be reached. */
export async function parkEvent(
  held: HeldPartition,
  event: EventToPark,
  { reason, message }: ParkReason,
): Promise<ParkOutcome> {
  const { hash, error, ...described } = eventToPark(event);
  const request = { ...held.lease, event: { ...described, hash, error }, was: undefined };
  return held.stored(
    () =>
      tracePark(
        () => ({ ...held.describe(), ...described, reason }),
        () => held.host.storage.park(request),
      ),
    message,
  );
}

/** The event by itself: adapters are handed no more than they ask for. */
export function eventToPark(event: EventToPark): EventToPark {
  const { eventId, sequenceNumber, hash, category, stream, isWholeStream, attempts, error } = event;
  return { eventId, sequenceNumber, hash, category, stream, isWholeStream, attempts, error };
}
