import type { PartitionLease } from "./partition-lease.ts";

/** How far a partition is done: all of its events at or below the number. */
export interface Checkpoint {
  /** A safe integer of 0 or more; 0 means that nothing is done. */
  readonly sequenceNumber: number;
  /**
   * The id of the event with exactly that number, a UUID in canonical form, by which a node that claims the partition checks that
   * the log is still the same. `undefined` if no event has the number or its id is not known: at 0, and when the checkpoint
   * was moved past events that a filter left out.
   */
  readonly eventId: string | undefined;
}

/** A checkpoint to save in place of the one that is stored. */
export interface CheckpointMove extends PartitionLease {
  /** The sequence number that must be stored now. */
  readonly was: number;
  /** Its sequence number is above `was`. */
  readonly checkpoint: Checkpoint;
}

/**
 * What became of a move.
 *
 * - `moved`: the checkpoint is stored, by this call or, with the same token, by an earlier one whose reply was lost.
 * - `lost`: the partition has another token, or is gone: somebody else has it or may claim it. Nothing was written.
 * - `elsewhere`: the token is right, but the stored checkpoint is neither what was expected nor the new one. Nothing was
 *   written.
 */
export type MoveOutcome =
  | { readonly kind: "moved" }
  | { readonly kind: "lost" }
  | { readonly kind: "elsewhere"; readonly checkpoint: Checkpoint };
