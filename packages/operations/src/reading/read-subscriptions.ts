import type { PartitionStatus, ProcessingStorageAdapter, SubscriptionStatus } from "@eventfold/processing";
import type { EventStorage } from "@eventfold/store/adapter";
import { parseSourceIdentifier } from "@eventfold/types";

/** A partition of a subscription, as it is stored. */
export interface PartitionState {
  readonly partition: number;
  /** Everything up to this number is done. */
  readonly done: number;
  /** The distance, in sequence numbers, to the number up to which the source is complete; `null` where the source is not of this log. */
  readonly behind: number | null;
  /** The name of the node that has it; `null` when it is free. */
  readonly owner: string | null;
  readonly isPaused: boolean;
  /** Why its handler fails; `null` when it does not. */
  readonly error: string | null;
  readonly parked: number;
  /** What it was asked and has not carried out: `pause`, `resume`, `reset`, `replay`, `drop`. */
  readonly waitingFor: readonly string[];
}

/** A subscription, as it is stored. */
export interface SubscriptionState {
  readonly name: string;
  readonly source: string;
  readonly partitioning: string;
  /** How many partitions it is being given; `null` when their number is not being changed. */
  readonly repartitionedTo: number | null;
  readonly partitions: readonly PartitionState[];
}

/** A node whose session is living. */
export interface NodeState {
  readonly name: string;
  /** When it last beat, in epoch milliseconds by the clock of the storage. */
  readonly beatAtMs: number;
  readonly leaseMs: number;
}

/** What is stored of subscriptions and of the nodes that work on them. */
export interface SubscriptionsState {
  readonly nodes: readonly NodeState[];
  readonly subscriptions: readonly SubscriptionState[];
}

/** Reads the state of all subscriptions, and how far each is behind its source. It counts no events. */
export async function readSubscriptions(
  events: EventStorage,
  { storage }: ProcessingStorageAdapter,
): Promise<SubscriptionsState> {
  const { sessions, subscriptions } = await storage.status({ names: undefined });
  const owners = new Map(sessions.map(({ id, name }) => [id, name]));
  const horizons = new Map<string, Promise<number | undefined>>();
  const horizonOf = (source: string) => {
    const horizon = horizons.get(source) ?? readHorizon(events, source);
    horizons.set(source, horizon);
    return horizon;
  };
  return {
    nodes: sessions.map(({ name, beatAtMs, leaseMs }) => ({ name, beatAtMs, leaseMs })),
    subscriptions: await Promise.all(
      subscriptions.map(async (each) => described(each, { horizon: await horizonOf(each.source), owners })),
    ),
  };
}

/** `undefined` for a source that is not of this log. */
async function readHorizon(events: EventStorage, source: string): Promise<number | undefined> {
  const identifier = identifierOf(source);
  return identifier === undefined ? undefined : events.horizon(identifier);
}

function identifierOf(source: string) {
  try {
    return parseSourceIdentifier(source);
  } catch {
    return undefined;
  }
}

interface Known {
  readonly horizon: number | undefined;
  readonly owners: ReadonlyMap<string, string>;
}

function described(subscription: SubscriptionStatus, known: Known): SubscriptionState {
  const { name, source, partitioning, repartition, status } = subscription;
  return {
    ...{ name, source, partitioning },
    repartitionedTo: repartition?.partitions ?? null,
    partitions: status.map((partition) => describedPartition(partition, known)),
  };
}

function describedPartition(partition: PartitionStatus, { horizon, owners }: Known): PartitionState {
  const { checkpoint, owner, isPaused, error, parked, requests } = partition;
  const done = checkpoint.sequenceNumber;
  return {
    partition: partition.partition,
    done,
    behind: horizon === undefined ? null : Math.max(0, horizon - done),
    owner: owner === undefined ? null : (owners.get(owner) ?? null), // a session that is gone owns nothing
    ...{ isPaused, error: error ?? null, parked },
    waitingFor: requests.map(({ request }) => request.kind),
  };
}
