import type { PartitionStatus } from "../storage/processing-status.ts";
import { hashesFor } from "../subscription/partition-hash.ts";
import type { Subscription } from "../subscription/subscription.ts";
import { scanAround } from "../work/scan-around.ts";

/** Counting stops here. */
const MOST_COUNTED = 10_000;

/** How far a partition is behind its source. */
export interface MeasuredLag {
  readonly partition: number;
  /** The distance, in sequence numbers, of its stored checkpoint to the horizon; at most 10,000. */
  readonly numbers: number;
  /** How many events it has still to handle, as far as they were counted. */
  readonly events: number;
  /** How long ago, in milliseconds, the first of them was observed; `undefined` when none was counted, or it cannot be read. */
  readonly oldestMs: number | undefined;
}

/** How far a subscription is behind its source. */
export interface SubscriptionLag {
  /** The number below which no writer in flight can still store an event. */
  readonly horizon: number;
  /** Whether all events were counted: after 10,000 of the subscription counting ends. */
  readonly isComplete: boolean;
  /** In ascending order. */
  readonly partitions: readonly MeasuredLag[];
}

/** Counts what a subscription has still to handle, from its lowest checkpoint to the horizon of its source. */
export async function measureLag(
  subscription: Subscription,
  stored: readonly PartitionStatus[],
): Promise<SubscriptionLag> {
  const horizon = await subscription.source.horizon();
  const counts = stored.map(
    ({ checkpoint }): Count => ({ done: checkpoint.sequenceNumber, events: 0, oldestMs: undefined }),
  );
  const isComplete = await count(subscription, { counts, horizon });
  const partitions = counts.map(({ done, events, oldestMs }, partition) => {
    const numbers = Math.min(MOST_COUNTED, Math.max(0, horizon - done));
    return { partition, numbers, events, oldestMs };
  });
  return { horizon, isComplete, partitions };
}

interface Count {
  readonly done: number;
  events: number;
  oldestMs: number | undefined;
}

/** @returns whether all were counted. */
async function count(
  subscription: Subscription,
  { counts, horizon }: { readonly counts: readonly Count[]; readonly horizon: number },
): Promise<boolean> {
  const hashes = hashesFor(subscription);
  const after = Math.min(horizon, ...counts.map(({ done }) => done));
  const nowMs = Date.now();
  let counted = 0;
  for await (const arrival of scanAround(subscription, { after, before: horizon + 1 })) {
    if (counted++ >= MOST_COUNTED) return false;
    const { events, location } = arrival;
    if (events === undefined && !hashes.areByStream) continue; // nobody can tell whose it is
    const { hash } = hashes.ofArrival(arrival);
    const of = counts[hash % counts.length];
    if (of === undefined || location.sequenceNumber <= of.done) continue;
    const first = events?.[0];
    if (of.events === 0 && first !== undefined) of.oldestMs = Math.max(0, nowMs - first.observedAt.getTime());
    of.events += 1;
  }
  return true;
}
