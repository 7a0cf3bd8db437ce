import { sequenceNumberAfter, sequenceNumberBefore } from "@eventfold/store";
import { isUnreadableEvent, type StoredEvent } from "@eventfold/types";
import type { PartitionHashes } from "../subscription/partition-hash.ts";
import type { Subscription } from "../subscription/subscription.ts";
import { type Arrival, arrivalsOf } from "./arrival.ts";
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
    const parts: StoredEvent[] = [];
    try {
      const bounds = [sequenceNumberAfter(from), sequenceNumberBefore(before)];
      for await (const event of source.scan({ constraints: [...constraints, ...bounds], signal })) {
        if (event.sequenceNumber !== from) yield* arrivalsOf(parts.splice(0));
        from = event.sequenceNumber;
        parts.push(event);
      }
      yield* arrivalsOf(parts);
      return;
    } catch (error) {
      if (!isUnreadableEvent(error)) throw error;
      const { event: location } = error;
      const { sequenceNumber } = location;
      if (sequenceNumber <= from || sequenceNumber >= before) throw error;
      yield* arrivalsOf(parts);
      yield* scanAround(subscription, { after: from, before: sequenceNumber, signal });
      yield { location, events: undefined };
      from = sequenceNumber;
    }
  }
}

/** What has to be known to read an event again. */
export interface ReadingLane {
  readonly subscription: Subscription;
  readonly hashes: PartitionHashes;
  /** Into how many partitions the subscription is dealt out. */
  readonly partitions: number;
}

/**
 * What the stored event of a number is read as, in its parts; nothing where the subscription does not read it.
 *
 * @throws an error for which `isUnreadableEvent` holds when it is there and cannot be read; what else the source rejects with.
 */
export async function eventsAt(
  { subscription }: Pick<ReadingLane, "subscription">,
  sequenceNumber: number,
): Promise<readonly StoredEvent[]> {
  return (await readAgain(subscription, [sequenceNumber])).get(sequenceNumber) ?? [];
}

/** @throws `RangeError` when the parts of one stored event belong apart. */
export function refuseApart({ subscription, hashes, partitions }: ReadingLane, parts: readonly StoredEvent[]): void {
  if (!hashes.belongApart(parts, { subscription, partitions })) return;
  throw new RangeError(
    `The parts of one event (sequence number ${parts[0]?.sequenceNumber}) have different keys, so that they would be handled by several partitions, or at once: the subscription ${JSON.stringify(subscription.name)} must have one partition and a concurrency of 1, got ${partitions} and ${subscription.concurrency}. Repartition it, or give the parts one key.`,
  );
}

/**
 * The events of open entries, in their order; those that are not in memory are read again, all at once. One that is not there any more is
 * left out.
 *
 * @throws as {@link eventsAt} and {@link refuseApart} do.
 */
export async function eventsOf(lane: ReadingLane, entries: readonly Entry[]): Promise<readonly StoredEvent[]> {
  const missing = entries.filter(({ events }) => events === undefined);
  const again = await readAgain(
    lane.subscription,
    missing.map(({ location }) => location.sequenceNumber),
  );
  for (const parts of again.values()) refuseApart(lane, parts);
  return entries.flatMap(({ events, location }) => events ?? again.get(location.sequenceNumber) ?? []);
}

/** What the stored events of numbers that rise are read as, as far as the subscription reads them. */
async function readAgain(
  { source, constraints }: Pick<Subscription, "source" | "constraints">,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, readonly StoredEvent[]>> {
  const [first, last] = [numbers[0], numbers.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const bounds = [sequenceNumberAfter(first - 1), sequenceNumberBefore(last + 1)];
  const wanted = new Set(numbers);
  const events: StoredEvent[] = [];
  for await (const event of source.scan({ constraints: [...constraints, ...bounds] })) {
    if (wanted.has(event.sequenceNumber)) events.push(event);
  }
  return Map.groupBy(events, ({ sequenceNumber }) => sequenceNumber);
}
