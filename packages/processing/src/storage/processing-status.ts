import type { ClaimedPartition } from "./partition.ts";
import type { PartitionKey } from "./partition-lease.ts";
import type { Repartition } from "./repartition.ts";
import type { ProcessingSession } from "./session.ts";
import type { RegisteredSubscription } from "./subscription.ts";

/** All that is stored of a partition. */
export interface PartitionStatus extends ClaimedPartition {
  /** The session that claimed it; `undefined` when it was released. It is free too when that session is not living. */
  readonly owner: string | undefined;
  /** The ids of the requests that were carried out last, at most ten, the latest first. */
  readonly carriedOut: readonly string[];
  /** How many of its events are parked. */
  readonly parked: number;
}

/** All that is stored of a subscription. */
export interface SubscriptionStatus extends RegisteredSubscription {
  /** The change of its number of partitions that is under way. */
  readonly repartition: Repartition | undefined;
  /** In ascending order: as many as `partitions` says. */
  readonly status: readonly PartitionStatus[];
}

/** What is stored, in one consistent state. */
export interface ProcessingStatus {
  /** Those that are living, in code-point order of their names. */
  readonly sessions: readonly ProcessingSession[];
  /** In code-point order of their names. */
  readonly subscriptions: readonly SubscriptionStatus[];
}

/** Which subscriptions to report. */
export interface StatusRequest {
  /** Those of these names, as far as they are registered; `undefined`: all. */
  readonly names: readonly string[] | undefined;
}

/** The partitions whose parked events are to be loaded. */
export interface ParkedRequest {
  /** Distinct, at least one. */
  readonly partitions: readonly PartitionKey[];
}
