import type { Checkpoint } from "./checkpoint.ts";

/** What a subscription is, whoever runs it. */
export interface SubscriptionFacts {
  /** At most 512 code points, without control characters. Compared exactly. */
  readonly name: string;
  /** What it reads, in a canonical text: `printSourceIdentifier`, or what a foreign source calls itself; at most 8,192 units. */
  readonly source: string;
  /** By what its events are dealt out to partitions, such as `stream/sha256-1`; at most 512 code points. */
  readonly partitioning: string;
  /** How many partitions it has, from 1 to 1,024. */
  readonly partitions: number;
}

/** A subscription to store, if there is none of its name yet. */
export interface SubscriptionRegistration extends SubscriptionFacts {
  /** The checkpoint that each of its partitions begins with. */
  readonly startAt: Checkpoint;
}

/** A subscription as it is stored. What it says counts, not what was to be registered. */
export interface RegisteredSubscription extends SubscriptionFacts {
  /** A positive integer below 2³¹, of this storage. */
  readonly id: number;
}
