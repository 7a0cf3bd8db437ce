import type { Checkpoint } from "./checkpoint.ts";
import type { PartitionLease } from "./partition-lease.ts";
import type { WaitingRequest } from "./partition-request.ts";

/** A partition as a beat sees it. */
export interface SeenPartition extends PartitionLease {
  /** The session that claimed it; `undefined` when it was released. It is free too when that session is not living. */
  readonly owner: string | undefined;
  /** Of its checkpoint. */
  readonly sequenceNumber: number;
  readonly isPaused: boolean;
  /** What it was asked to do and has not done, in the order in which it was asked. */
  readonly requests: readonly WaitingRequest[];
}

/** A claim of free partitions. */
export interface ClaimRequest {
  readonly session: string;
  /** With the tokens that a beat showed; distinct partitions, at least one. */
  readonly partitions: readonly PartitionLease[];
}

/** A partition that was claimed, with its new token. */
export interface ClaimedPartition extends PartitionLease {
  /** To be verified by its event id before anything is handled. */
  readonly checkpoint: Checkpoint;
  readonly isPaused: boolean;
  /** What its owner reported last. */
  readonly error: string | undefined;
  readonly requests: readonly WaitingRequest[];
}

/** What an owner says of its partition. */
export interface PartitionReport extends PartitionLease {
  readonly isPaused: boolean;
  /** Why its handler fails; at most 2,000 code points, well-formed Unicode without `\u0000`. `undefined`: it does not. */
  readonly error: string | undefined;
}
