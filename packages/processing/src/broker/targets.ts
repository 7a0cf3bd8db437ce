import type { StoredEvent } from "@eventfold/types";
import type { PartitionHashes } from "../subscription/partition-hash.ts";

/** Up to which number each partition has to be done for events to be done. */
export function targetsOf(
  events: readonly StoredEvent[],
  { partitions, hashes }: { readonly partitions: number; readonly hashes: PartitionHashes },
): ReadonlyMap<number, number> {
  const targets = new Map<number, number>();
  for (const event of events) {
    const partition = hashes.of(event).hash % partitions;
    targets.set(partition, Math.max(event.sequenceNumber, targets.get(partition) ?? 0));
  }
  return targets;
}
