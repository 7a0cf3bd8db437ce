import type { Checkpoint, CheckpointMove, MoveOutcome } from "@eventfold/processing";
import { keptCheckpoint, type PartitionRow } from "./partition-row.ts";
import type { SubscriptionRows } from "./subscription-rows.ts";

/** Moves a checkpoint, if its token and the old one are those that were seen. */
export function moveCheckpoint(subscriptions: SubscriptionRows, move: CheckpointMove): MoveOutcome {
  const row = subscriptions.leased(move);
  if (row === undefined) return { kind: "lost" };
  if (row.checkpoint.sequenceNumber === move.was) row.checkpoint = keptCheckpoint(move.checkpoint);
  return isAt(row, move.checkpoint) ? { kind: "moved" } : { kind: "elsewhere", checkpoint: row.checkpoint };
}

/** Whether exactly this checkpoint is stored. */
export function isAt({ checkpoint }: PartitionRow, { sequenceNumber, eventId }: Checkpoint): boolean {
  return checkpoint.sequenceNumber === sequenceNumber && checkpoint.eventId === eventId;
}
