import type { ClaimedPartition } from "./partition.ts";
import type { PartitionKey } from "./partition-lease.ts";
import type { Repartition } from "./repartition.ts";
import type { ProcessingSession } from "./session.ts";
import type { RegisteredSubscription } from "./subscription.ts";

/** Everything that is stored about a partition. */
export interface PartitionStatus extends ClaimedPartition {
  /** The session that claimed it; `undefined` if it was released. The partition is also free if that session is not living. */
  readonly owner: string | undefined;
  /** The ids of the requests that were carried out last, at most ten, the latest first. */
  readonly carriedOut: readonly string[];
  /** How many of its events are parked. */
  readonly parked: number;
}

/** Everything that is stored about a subscription. */
export interface SubscriptionStatus extends RegisteredSubscription {
  /** The change of its number of partitions that is under way. */
  readonly repartition: Repartition | undefined;
  /** In ascending order: as many as `partitions` says. */
  readonly status: readonly PartitionStatus[];
}

/** What is stored, in one consistent state. */
export interface ProcessingStatus {
  /** The living sessions, in code-point order of their names. */
  readonly sessions: readonly ProcessingSession[];
  /** In code-point order of their names. */
  readonly subscriptions: readonly SubscriptionStatus[];
}

/** Which subscriptions to report. */
export interface StatusRequest {
  /** Those with these names, as far as they are registered; `undefined` for all. */
  readonly names: readonly string[] | undefined;
}

/** The partitions whose parked events are to be loaded. */
export interface ParkedRequest {
  /** Distinct, at least one. */
  readonly partitions: readonly PartitionKey[];
}
