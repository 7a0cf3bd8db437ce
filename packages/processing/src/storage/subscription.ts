import type { Checkpoint } from "./checkpoint.ts";

/** The facts about a subscription, whoever runs it. */
export interface SubscriptionFacts {
  /** At most 512 code points, without control characters. Compared exactly. */
  readonly name: string;
  /** What it reads, as a canonical text: `printSourceIdentifier`, or the name that a foreign source has for itself; at most 8,192 units. */
  readonly source: string;
  /** How its events are assigned to partitions, such as `stream/sha256-1`; at most 512 code points. */
  readonly partitioning: string;
  /** How many partitions it has, from 1 to 1,024. */
  readonly partitions: number;
}

/** A subscription to store, if there is none of its name yet. */
export interface SubscriptionRegistration extends SubscriptionFacts {
  /** The checkpoint that each of its partitions begins with. */
  readonly startAt: Checkpoint;
}

/** A subscription as it is stored. This counts, not what the caller wanted to register. */
export interface RegisteredSubscription extends SubscriptionFacts {
  /** A positive integer below 2³¹, of this storage, which no other subscription had before or gets after it. */
  readonly id: number;
}
