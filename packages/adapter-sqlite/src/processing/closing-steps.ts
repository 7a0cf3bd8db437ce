import { type CheckpointMove, type ClosingStep, LeaseLostError, type UnparkRequest } from "@eventfold/processing";
import type { ProcessingTables } from "./processing-tables.ts";

/**
 * Takes the last steps of a transaction, all of which must find what was seen.
 *
 * @throws `LeaseLostError` (`LEASE_LOST`) when one does not; then nothing was written.
 */
export function takeClosingSteps(tables: ProcessingTables, steps: readonly ClosingStep[]): void {
  const moves = steps.flatMap((step) => step.moves ?? []);
  const unparked = steps.flatMap((step) => step.unparked ?? []);
  const toPark = steps.flatMap((step) => step.parked ?? []);
  for (const move of moves) if (!canMove(tables, move)) throw new LeaseLostError(move);
  for (const each of unparked) if (!canUnpark(tables, each)) throw new LeaseLostError(each);
  for (const each of toPark) if (tables.partitions.leased(each) === undefined) throw new LeaseLostError(each);
  for (const move of moves) {
    const row = tables.partitions.leased(move);
    if (row !== undefined) tables.partitions.update({ ...row, checkpoint: move.checkpoint });
  }
  for (const { subscription, parked } of unparked) for (const key of parked) tables.parked.remove(subscription, key);
  for (const { subscription, event } of toPark) tables.parked.put(subscription, event);
}

/** Unlike outside of a transaction, a checkpoint that is there already is not taken for a repeat. */
function canMove({ partitions }: ProcessingTables, move: CheckpointMove): boolean {
  return partitions.leased(move)?.checkpoint.sequenceNumber === move.was;
}

function canUnpark({ partitions, parked }: ProcessingTables, unparked: UnparkRequest): boolean {
  const isParked = unparked.parked.every((key) => parked.has(unparked.subscription, key));
  return isParked && partitions.leased(unparked) !== undefined;
}
