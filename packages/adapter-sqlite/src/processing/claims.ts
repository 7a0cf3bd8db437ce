import type { ClaimedPartition, PartitionKey, PartitionLease, SeenPartition } from "@eventfold/processing";
import type { PartitionRow } from "./partition-rows.ts";
import type { ProcessingTables } from "./processing-tables.ts";

/**
 * Claims a partition for a living session, if it is free and has the token that was seen. One that the session has by the same
 * claim already is given again.
 */
export function claimPartition(
  tables: ProcessingTables,
  seen: PartitionLease,
  session: string,
): ClaimedPartition | undefined {
  const row = tables.partitions.partition(seen);
  if (row === undefined) return undefined;
  if (row.token === seen.token + 1 && row.owner === session) return claimedPartition(row);
  if (row.token !== seen.token || !tables.isFree(row)) return undefined;
  const claimed = { ...row, token: row.token + 1, owner: session };
  tables.partitions.update(claimed);
  return claimedPartition(claimed);
}

/** A row as a beat sees it. */
export function seenPartition({ subscription, partition, ...row }: PartitionRow): SeenPartition {
  const { token, owner, isPaused, requests } = row;
  return { subscription, partition, token, owner, sequenceNumber: row.checkpoint.sequenceNumber, isPaused, requests };
}

/** By subscription and partition, in ascending order. */
export function inOrderOfPartitions(a: PartitionKey, b: PartitionKey): number {
  return a.subscription - b.subscription || a.partition - b.partition;
}

function claimedPartition({ subscription, partition, ...row }: PartitionRow): ClaimedPartition {
  const { token, checkpoint, isPaused, error, requests } = row;
  return { subscription, partition, token, checkpoint, isPaused, error, requests };
}
