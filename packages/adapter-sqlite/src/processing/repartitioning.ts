import type {
  ArrivalOutcome,
  FenceArrival,
  Repartition,
  RepartitionCall,
  RepartitionOutcome,
} from "@eventfold/processing";
import { newPartition, type PartitionRow } from "./partition-rows.ts";
import type { ProcessingTables } from "./processing-tables.ts";
import type { SubscriptionRow } from "./subscription-rows.ts";

/** Begins to change the number of partitions, or checks whether that can be done now. */
export function repartition(
  tables: ProcessingTables,
  row: SubscriptionRow,
  { subscription, id, partitions }: RepartitionCall,
): RepartitionOutcome {
  if (row.lastRepartition === id) return { kind: "done" };
  if (row.repartition !== undefined && row.repartition.id !== id) return { kind: "busy", repartition: row.repartition };
  const fence = row.repartition?.fence ?? highestCheckpoint(tables.partitions.ofSubscriptions([subscription]));
  const asked = row.repartition ?? { subscription, id, partitions, fence };
  if (replacePartitionsIfAllArrived(tables, row, asked)) return { kind: "done" };
  if (row.repartition === undefined) keepRepartition(tables, row, asked);
  return { kind: "waiting", repartition: asked };
}

/** Releases a partition that has worked up to the fence. */
export function arriveAtFence(tables: ProcessingTables, { id, ...lease }: FenceArrival): ArrivalOutcome {
  const row = tables.subscriptions.subscription(lease.subscription);
  const arrived = tables.partitions.leased(lease);
  if (row?.repartition?.id !== id || arrived === undefined) return { kind: "lost" };
  const { fence } = row.repartition;
  const { sequenceNumber } = arrived.checkpoint;
  if (sequenceNumber < fence || arrived.requests.length > 0) return { kind: "early", fence };
  tables.partitions.update({ ...arrived, owner: undefined });
  const asked = { ...row.repartition, fence: sequenceNumber };
  if (!replacePartitionsIfAllArrived(tables, row, asked)) keepRepartition(tables, row, asked);
  return { kind: "arrived" };
}

function keepRepartition(tables: ProcessingTables, row: SubscriptionRow, asked: Repartition): void {
  tables.subscriptions.update({ ...row, repartition: asked });
  tables.countChange();
}

/** @returns whether new partitions have replaced the old. */
function replacePartitionsIfAllArrived(tables: ProcessingTables, row: SubscriptionRow, asked: Repartition): boolean {
  const old = tables.partitions.ofSubscriptions([row.facts.id]);
  const hasArrived = (each: PartitionRow): boolean =>
    each.checkpoint.sequenceNumber === asked.fence && each.requests.length === 0 && tables.isFree(each);
  if (!old.every(hasArrived)) return false;
  tables.partitions.deleteAll(row.facts.id);
  for (const each of newPartitions(old, asked)) tables.partitions.insert(each);
  const facts = { ...row.facts, partitions: asked.partitions };
  tables.subscriptions.update({ facts, repartition: undefined, lastRepartition: asked.id });
  tables.countChange();
  return true;
}

/** The requested number of partitions, at the fence, with a token above all of the old, paused if one of the old was. */
function newPartitions(old: readonly PartitionRow[], asked: Repartition): readonly PartitionRow[] {
  const token = Math.max(...old.map((each) => each.token)) + 1;
  const eventId = old.find(({ checkpoint }) => checkpoint.eventId !== undefined)?.checkpoint.eventId;
  const paused = old.find(({ isPaused }) => isPaused);
  return Array.from({ length: asked.partitions }, (_, partition) => ({
    ...newPartition({ subscription: asked.subscription, partition, token }, { sequenceNumber: asked.fence, eventId }),
    isPaused: paused !== undefined,
    error: paused?.error,
  }));
}

function highestCheckpoint(partitions: readonly PartitionRow[]): number {
  return Math.max(...partitions.map(({ checkpoint }) => checkpoint.sequenceNumber));
}
