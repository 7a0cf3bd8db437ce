import type { StoredEvent, StoredEventOf } from "@eventfold/types";
import { PartitionPausedError } from "../errors/partition-paused-error.ts";
import type { PartitionStatus, SubscriptionStatus } from "../storage/processing-status.ts";
import type { PartitionHashes } from "../subscription/partition-hash.ts";
import type { Lane } from "../work/lane.ts";

/** Up to which number each partition has to be done, of so many. */
export type Targets = (partitions: number) => ReadonlyMap<number, number>;

/** Up to which number each partition has to be done for events to be done. */
export function targetsOf(
  events: readonly StoredEventOf<string, unknown>[],
  { partitions, hashes }: { readonly partitions: number; readonly hashes: PartitionHashes },
): ReadonlyMap<number, number> {
  const targets = new Map<number, number>();
  for (const event of events) {
    const partition = hashes.of(event as StoredEvent).hash % partitions;
    targets.set(partition, Math.max(event.sequenceNumber, targets.get(partition) ?? 0));
  }
  return targets;
}

/** Whether the lanes of this process may be there. Of one that is paused only the storage knows whether it is about to be resumed. */
export function mayBeReached(lanes: ReadonlyMap<number, Lane>, targets: Targets): boolean {
  const [anyLane] = lanes.values();
  if (anyLane === undefined) return true;
  for (const [partition, target] of targets(anyLane.events.partitions)) {
    const lane = lanes.get(partition);
    if (lane === undefined || lane.done.sequenceNumber >= target) continue;
    return lane.state === "paused";
  }
  return true;
}

/**
 * Whether all partitions are there, by the lanes of this process or else by what is stored.
 *
 * @throws `PartitionPausedError` when one is not, and is paused for good.
 */
export function areReached(
  { name: subscription, status }: Pick<SubscriptionStatus, "name" | "status">,
  { targets, lanes }: { readonly targets: Targets; readonly lanes?: ReadonlyMap<number, Lane> | undefined },
): boolean {
  for (const [partition, target] of targets(Math.max(1, status.length))) {
    const lane = lanes?.get(partition);
    if (lane?.events.partitions === status.length && lane.done.sequenceNumber >= target) continue;
    const row = status[partition];
    if (row !== undefined && row.checkpoint.sequenceNumber >= target) continue;
    if (row?.isPaused && !isAboutToResume(row)) {
      throw new PartitionPausedError({ subscription, partition, reason: row.error });
    }
    return false;
  }
  return true;
}

/** Whether what it was asked last, and has not done yet, is to go on. */
function isAboutToResume({ requests }: PartitionStatus): boolean {
  return requests.findLast(({ request: { kind } }) => kind === "pause" || kind === "resume")?.request.kind === "resume";
}
