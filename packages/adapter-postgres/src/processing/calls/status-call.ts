import type {
  PartitionStatus,
  ProcessingStatus,
  StatusRequest,
  SubscriptionStatus,
  WaitingRequest,
} from "@eventfold/processing";
import type { ProcessingCall } from "./processing-call.ts";
import { waitingRequestFrom } from "./stored-request.ts";
import { type StoredSession, sessionFrom } from "./stored-session.ts";

/** Reads everything that is stored. */
export function status({ names }: StatusRequest): ProcessingCall<ProcessingStatus> {
  return {
    routine: "status",
    effect: "none",
    values: [names],
    answer: ([row]) => ({
      sessions: (JSON.parse(row?.[0] ?? "[]") as readonly StoredSession[]).map(sessionFrom),
      subscriptions: (JSON.parse(row?.[1] ?? "[]") as readonly StoredSubscription[]).map(subscriptionFrom),
    }),
  };
}

type StoredSubscription = readonly [
  id: number,
  name: string,
  source: string,
  partitioning: string,
  partitions: number,
  repartitionId: string | null,
  repartitionPartitions: number,
  fence: number,
  status: readonly StoredPartition[],
];

type StoredPartition = readonly [
  partition: number,
  token: number,
  owner: string | null,
  sequenceNumber: number,
  eventId: string | null,
  isPaused: boolean,
  error: string | null,
  requests: readonly WaitingRequest[],
  carriedOut: readonly string[],
  parked: number,
];

function subscriptionFrom(stored: StoredSubscription): SubscriptionStatus {
  const [id, name, source, partitioning, partitions, repartitionId, repartitionPartitions, fence, rows] = stored;
  return {
    ...{ id, name, source, partitioning, partitions },
    repartition:
      repartitionId === null
        ? undefined
        : { subscription: id, id: repartitionId, partitions: repartitionPartitions, fence },
    status: rows.map((row) => partitionFrom(id, row)),
  };
}

function partitionFrom(subscription: number, stored: StoredPartition): PartitionStatus {
  const [partition, token, owner, sequenceNumber, eventId, isPaused, error, requests, carriedOut, parked] = stored;
  return {
    ...{ subscription, partition, token, owner: owner ?? undefined },
    checkpoint: { sequenceNumber, eventId: eventId ?? undefined },
    ...{ isPaused, error: error ?? undefined },
    requests: requests.map(waitingRequestFrom),
    ...{ carriedOut, parked },
  };
}
