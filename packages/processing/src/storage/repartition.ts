import type { PartitionLease } from "./partition-lease.ts";

/** Another number of partitions for a subscription. */
export interface RepartitionCall {
  readonly subscription: number;
  /** A UUID in canonical form, chosen by the caller. */
  readonly id: string;
  /** The new number, from 1 to 1,024. */
  readonly partitions: number;
}

/** A change of the number of partitions that is under way. */
export interface Repartition extends RepartitionCall {
  /** The sequence number up to which every partition works: the highest checkpoint. It may rise. */
  readonly fence: number;
}

/**
 * What became of a request to repartition.
 *
 * - `done`: the subscription has the new partitions, by this call or by an earlier one of the same id.
 * - `waiting`: every partition has to work up to the fence first.
 * - `busy`: another one is under way. Nothing was written.
 */
export type RepartitionOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "waiting"; readonly repartition: Repartition }
  | { readonly kind: "busy"; readonly repartition: Repartition };

/** An owner's assurance that it handles nothing more of its partition. */
export interface FenceArrival extends PartitionLease {
  /** The id of the repartition. */
  readonly id: string;
}

/**
 * What became of an arrival.
 *
 * - `early`: the checkpoint is below the fence, or requests wait at the partition. The lease goes on.
 * - `arrived`: the partition was released, and if it was the last one, the new partitions have replaced the old.
 * - `lost`: the partition has another token, or the repartition is over. Nothing was written.
 */
export type ArrivalOutcome =
  | { readonly kind: "early"; readonly fence: number }
  | { readonly kind: "arrived" }
  | { readonly kind: "lost" };
