import type { SubscriptionWork } from "../node/subscription-work.ts";
import type { Checkpoint } from "../storage/checkpoint.ts";
import type { ProcessingSession } from "../storage/session.ts";
import type { Lane } from "../work/lane.ts";
import { combinedStatus, type ProcessingState } from "./processing-state.ts";

/** The distance is told up to here. */
const MOST_NUMBERS = 10_000;

/** How far a partition is behind, as far as this node knows. `ProcessingControl.lag` asks the source. */
export interface PartitionLag {
  /**
   * The distance, in sequence numbers, from what is done to what was read, or to the horizon of the source as a beat saw it while it was not
   * read to its end; at most 10,000.
   */
  readonly numbers: number;
  /**
   * How long ago, in milliseconds, the first event that is not done was observed; `undefined` when all that was read is done, or
   * that event cannot be read.
   */
  readonly oldestMs: number | undefined;
}

/** A partition that this node holds. */
export interface HeldPartitionStatus {
  readonly partition: number;
  readonly state: ProcessingState;
  /** Up to where it is done; the stored checkpoint may be a little behind. */
  readonly checkpoint: Checkpoint;
  readonly lag: PartitionLag;
  /** Why it fails now, or is paused; `undefined` when nothing fails, and when it was paused on request. */
  readonly error: string | undefined;
  /** How many of its events are parked. */
  readonly parked: number;
  /** How many events this node has skipped for their failures. */
  readonly skipped: number;
}

/** A partition that another node holds, or nobody, as the last beat saw it. */
export interface OtherPartitionStatus {
  readonly partition: number;
  /** The name of the node that holds it. */
  readonly owner: string | undefined;
  /** Of its stored checkpoint. */
  readonly sequenceNumber: number;
  readonly isPaused: boolean;
}

/** A subscription on this node. */
export interface SubscriptionReport {
  readonly name: string;
  /** Of the partitions that are held here; `waiting` when none is. */
  readonly state: ProcessingState;
  readonly held: readonly HeldPartitionStatus[];
  readonly others: readonly OtherPartitionStatus[];
}

/** A broker, as it is now. Plain data. */
export interface BrokerStatus {
  readonly name: string;
  readonly state: ProcessingState;
  readonly subscriptions: readonly SubscriptionReport[];
}

/** How a subscription is on this node. */
export function reportOf(work: SubscriptionWork, sessions: readonly ProcessingSession[]): SubscriptionReport {
  const lanes = [...work.lanes.values()].sort((a, b) => a.partition - b.partition);
  const nameOf = (owner: string | undefined) => sessions.find(({ id }) => id === owner)?.name;
  const others = work.partitions.filter(({ partition }) => !work.lanes.has(partition));
  return {
    name: work.subscription.name,
    state: combinedStatus(lanes.map(({ state }) => state)),
    held: lanes.map((lane) => statusOf(lane, work.horizon)),
    others: others.map(({ partition, owner, sequenceNumber, isPaused }) => ({
      partition,
      owner: nameOf(owner),
      sequenceNumber,
      isPaused,
    })),
  };
}

function statusOf(lane: Lane, horizon: number): HeldPartitionStatus {
  const { partition, state, done, error, parked, skipped } = lane;
  const { readUpTo, firstOpen } = lane.events;
  const first = firstOpen?.events?.[0];
  const oldestMs = first && Math.max(0, Date.now() - first.observedAt.getTime());
  const behind = Math.max(readUpTo, horizon) - done.sequenceNumber;
  const lag = { numbers: Math.min(MOST_NUMBERS, Math.max(0, behind)), oldestMs };
  return { partition, state, checkpoint: done, lag, error, parked, skipped };
}
