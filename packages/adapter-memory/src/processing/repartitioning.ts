import type { ArrivalOutcome, FenceArrival, RepartitionCall, RepartitionOutcome } from "@eventfold/processing";
import { keptCheckpoint, newPartition, type PartitionRow } from "./partition-row.ts";
import type { SessionRows } from "./session-rows.ts";
import type { SubscriptionRow } from "./subscription-rows.ts";

/** Begins to change the number of partitions, or checks whether that can be done now. */
export function repartition(
  row: SubscriptionRow,
  { subscription, id, partitions }: RepartitionCall,
  sessions: SessionRows,
): RepartitionOutcome {
  if (row.lastRepartition === id) return { kind: "done" };
  if (row.repartition !== undefined && row.repartition.id !== id) return { kind: "busy", repartition: row.repartition };
  row.repartition ??= Object.freeze({ subscription, id, partitions, fence: highestCheckpoint(row) });
  replaceWhenAllHaveArrived(row, sessions);
  return row.repartition === undefined ? { kind: "done" } : { kind: "waiting", repartition: row.repartition };
}

/** Releases a partition that has worked up to the fence. */
export function arriveAtFence(
  row: SubscriptionRow,
  { id, partition, token }: FenceArrival,
  sessions: SessionRows,
): ArrivalOutcome {
  const arrived = row.partitions[partition];
  if (row.repartition?.id !== id || arrived?.token !== token) return { kind: "lost" };
  const { fence } = row.repartition;
  const { sequenceNumber } = arrived.checkpoint;
  if (sequenceNumber < fence || arrived.requests.length > 0) return { kind: "early", fence };
  arrived.owner = undefined;
  row.repartition = Object.freeze({ ...row.repartition, fence: sequenceNumber });
  replaceWhenAllHaveArrived(row, sessions);
  return { kind: "arrived" };
}

function replaceWhenAllHaveArrived(row: SubscriptionRow, sessions: SessionRows): void {
  const { repartition: asked, partitions: old } = row;
  if (asked === undefined) return;
  const hasArrived = ({ owner, checkpoint, requests }: PartitionRow): boolean =>
    !sessions.isLiving(owner) && checkpoint.sequenceNumber === asked.fence && requests.length === 0;
  if (!old.every(hasArrived)) return;
  const token = Math.max(...old.map((each) => each.token)) + 1;
  const eventId = old.find(({ checkpoint }) => checkpoint.eventId !== undefined)?.checkpoint.eventId;
  const checkpoint = keptCheckpoint({ sequenceNumber: asked.fence, eventId });
  const paused = old.find(({ isPaused }) => isPaused);
  row.facts = Object.freeze({ ...row.facts, partitions: asked.partitions });
  row.partitions = Array.from({ length: asked.partitions }, (_, partition) => ({
    ...newPartition({ subscription: asked.subscription, partition, token }, checkpoint),
    isPaused: paused !== undefined,
    error: paused?.error,
  }));
  row.lastRepartition = asked.id;
  row.repartition = undefined;
}

function highestCheckpoint({ partitions }: SubscriptionRow): number {
  return Math.max(...partitions.map(({ checkpoint }) => checkpoint.sequenceNumber));
}
