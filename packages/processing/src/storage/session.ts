import type { SeenPartition } from "./partition.ts";
import type { Repartition } from "./repartition.ts";

/** A session to begin. */
export interface SessionBeginning {
  /** A UUID in canonical form that no session has had before: new at every start, and after an eviction. */
  readonly id: string;
  /** The name of the node, which it keeps over restarts: at most 512 code points, without control characters. Compared exactly. */
  readonly name: string;
  /** How long its beat may stand still before others evict it, in milliseconds, measured by their own clocks. */
  readonly leaseMs: number;
}

/** A session as others see it. It is living until it is ended, replaced or evicted. */
export interface ProcessingSession extends SessionBeginning {
  /** A counter that its beats raise. Others may only look at whether it rises. */
  readonly beat: number;
  /** The ids of the subscriptions that it has handlers for, as its last beat said; in ascending order. */
  readonly subscriptions: readonly number[];
  /** When it last beat, in epoch milliseconds by the clock of the storage; for people only. */
  readonly beatAtMs: number;
}

/** A session that was replaced by another one of the same name. */
export interface ReplacedSession {
  readonly id: string;
  readonly beat: number;
}

/** A sign of life. */
export interface BeatRequest {
  readonly session: string;
  /** The name of its node, so that a replaced session can be told which session replaced it. */
  readonly name: string;
  /** The ids of the subscriptions that it has handlers for; distinct. */
  readonly subscriptions: readonly number[];
}

/**
 * What a beat found, in one consistent state.
 *
 * - `beaten`: all living sessions, including its own as this beat has left it; the partitions of the subscriptions that it has
 *   handlers for, by subscription and partition in ascending order; and the repartitions of those subscriptions that are under way.
 * - `ended`: the session is not living, so others may claim its partitions. `replacedBy` is the living session of the same name.
 */
export type BeatOutcome =
  | {
      readonly kind: "beaten";
      readonly sessions: readonly ProcessingSession[];
      readonly partitions: readonly SeenPartition[];
      readonly repartitions: readonly Repartition[];
    }
  | { readonly kind: "ended"; readonly replacedBy: string | undefined };

/** A session whose beat stood still for too long, as its observer measured. */
export interface StalledSession {
  readonly id: string;
  /** The beat that was seen. */
  readonly beat: number;
}
