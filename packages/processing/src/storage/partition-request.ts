import type { Checkpoint } from "./checkpoint.ts";
import type { ParkedSelection } from "./parked-event.ts";
import type { PartitionLease } from "./partition-lease.ts";

/**
 * A request to a partition.
 *
 * - `pause`: handle nothing more, until it is resumed.
 * - `resume`: go on, and remove the error with which it was paused.
 * - `reset`: go on from another checkpoint, earlier or later. Parked events stay parked.
 * - `replay`: handle parked events again; each that succeeds is removed.
 * - `drop`: remove parked events unhandled.
 */
export type PartitionRequest =
  | { readonly kind: "pause" }
  | { readonly kind: "resume" }
  | { readonly kind: "reset"; readonly checkpoint: Checkpoint }
  | { readonly kind: "replay"; readonly parked: ParkedSelection }
  | { readonly kind: "drop"; readonly parked: ParkedSelection };

/** A request that waits for the owner of the partition. */
export interface WaitingRequest {
  /** A UUID in canonical form, chosen by the caller. */
  readonly id: string;
  readonly request: PartitionRequest;
}

/** A request to partitions of one subscription. */
export interface RequestCall extends WaitingRequest {
  readonly subscription: number;
  /** Distinct; `undefined` for all. */
  readonly partitions: readonly number[] | undefined;
}

/**
 * What became of a request at one partition.
 *
 * - `done`: it is carried out, because the partition was free, or a call with the same id was carried out before.
 * - `waiting`: it is stored, and its owner, this one or the next, carries it out.
 */
export interface RequestOutcome {
  readonly partition: number;
  readonly kind: "done" | "waiting";
}

/** The request that an owner carries out. */
export interface CarryOutRequest extends PartitionLease {
  /** The id of the request. */
  readonly id: string;
}

/**
 * What became of a request that its owner carried out.
 *
 * - `done`: it no longer waits; the partition is returned as it is now.
 * - `lost`: the partition has another token. Nothing was written.
 */
export type CarryOutOutcome =
  | { readonly kind: "done"; readonly checkpoint: Checkpoint; readonly isPaused: boolean }
  | { readonly kind: "lost" };
