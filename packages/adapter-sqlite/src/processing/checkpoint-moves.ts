import type { Checkpoint, CheckpointMove, MoveOutcome } from "@eventfold/processing";
import type { PartitionRow, PartitionRows } from "./partition-rows.ts";

/** Moves a checkpoint, if its token and the old one are those that were seen. */
export function moveCheckpoint(partitions: PartitionRows, move: CheckpointMove): MoveOutcome {
  const row = partitions.leased(move);
  if (row === undefined) return { kind: "lost" };
  if (row.checkpoint.sequenceNumber === move.was) {
    partitions.update({ ...row, checkpoint: move.checkpoint });
    return { kind: "moved" };
  }
  return isAt(row, move.checkpoint) ? { kind: "moved" } : { kind: "elsewhere", checkpoint: row.checkpoint };
}

/** Whether exactly this checkpoint is stored. */
export function isAt({ checkpoint }: PartitionRow, { sequenceNumber, eventId }: Checkpoint): boolean {
  return checkpoint.sequenceNumber === sequenceNumber && checkpoint.eventId === eventId;
}
