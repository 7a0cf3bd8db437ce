import type {
  Checkpoint,
  ClaimedPartition,
  PartitionKey,
  PartitionLease,
  SeenPartition,
  WaitingRequest,
} from "@eventfold/processing";

/** A partition as it is stored. Its values are frozen, and are replaced rather than changed. */
export interface PartitionRow extends PartitionKey {
  token: number;
  owner: string | undefined;
  checkpoint: Checkpoint;
  isPaused: boolean;
  error: string | undefined;
  requests: readonly WaitingRequest[];
  carriedOut: readonly string[];
}

/** A partition that is free, at a checkpoint. */
export function newPartition(lease: PartitionLease, checkpoint: Checkpoint): PartitionRow {
  return {
    ...lease,
    checkpoint: keptCheckpoint(checkpoint),
    owner: undefined,
    isPaused: false,
    error: undefined,
    requests: [],
    carriedOut: [],
  };
}

/** A copy of the caller's checkpoint, which nobody changes. */
export function keptCheckpoint({ sequenceNumber, eventId }: Checkpoint): Checkpoint {
  return Object.freeze({ sequenceNumber, eventId });
}

/** A row as a beat sees it. */
export function seenPartition({ subscription, partition, ...row }: PartitionRow): SeenPartition {
  const { token, owner, isPaused, requests } = row;
  return { subscription, partition, token, owner, sequenceNumber: row.checkpoint.sequenceNumber, isPaused, requests };
}

/** A row as its new owner sees it. */
export function claimedPartition({ subscription, partition, ...row }: PartitionRow): ClaimedPartition {
  const { token, checkpoint, isPaused, error, requests } = row;
  return { subscription, partition, token, checkpoint, isPaused, error, requests };
}

/** By subscription and partition, in ascending order. */
export function inOrderOfPartitions(a: PartitionKey, b: PartitionKey): number {
  return a.subscription - b.subscription || a.partition - b.partition;
}
