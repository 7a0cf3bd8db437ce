import type { Checkpoint } from "./checkpoint.ts";
import type { PartitionLease } from "./partition-lease.ts";
import type { WaitingRequest } from "./partition-request.ts";

/** A partition as a beat sees it. */
export interface SeenPartition extends PartitionLease {
  /** The session that claimed it; `undefined` if it was released. The partition is also free if that session is not living. */
  readonly owner: string | undefined;
  /** The sequence number of its checkpoint. */
  readonly sequenceNumber: number;
  readonly isPaused: boolean;
  /** The requests to it that have not been carried out, in the order in which they were made. */
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
  /** The owner has to verify it by its event id before anything is handled. */
  readonly checkpoint: Checkpoint;
  readonly isPaused: boolean;
  /** The error that an owner reported last. */
  readonly error: string | undefined;
  readonly requests: readonly WaitingRequest[];
}

/** What an owner reports about its partition. */
export interface PartitionReport extends PartitionLease {
  readonly isPaused: boolean;
  /** Why its handler fails: at most 2,000 code points, well-formed Unicode without `\u0000`. `undefined` if it does not fail. */
  readonly error: string | undefined;
}
