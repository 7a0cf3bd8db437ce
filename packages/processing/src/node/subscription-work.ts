import type { ClaimedPartition, SeenPartition } from "../storage/partition.ts";
import type { PartitionLease } from "../storage/partition-lease.ts";
import type { Repartition } from "../storage/repartition.ts";
import type { ProcessingSession } from "../storage/session.ts";
import type { RegisteredSubscription } from "../storage/subscription.ts";
import { PartitionHashes } from "../subscription/partition-hash.ts";
import type { Subscription } from "../subscription/subscription.ts";
import { Lane } from "../work/lane.ts";
import type { LaneHost } from "../work/lane-host.ts";
import { Reader } from "../work/reader.ts";
import { balanceOf, hasArrived, isFree } from "./balance.ts";

/** What a node has for each of its subscriptions. */
export type SubscriptionWorkOptions = Omit<LaneHost, "hashes" | "reader" | "tell"> & {
  readonly tell: (error: unknown, message: string, place: SubscriptionPlace) => void;
};

/** Where something went wrong. */
export interface SubscriptionPlace {
  /** The name of the subscription. */
  readonly subscription: string;
  readonly partition: number | undefined;
}

/** What a beat saw of one subscription. */
export interface SeenSubscription {
  /** The session that looks. */
  readonly session: string;
  readonly sessions: readonly ProcessingSession[];
  readonly partitions: readonly SeenPartition[];
  readonly repartition: Repartition | undefined;
  /** Whether the beat was one of those at intervals. */
  readonly isTimely: boolean;
}

/** The work of one node on one subscription: the lanes of the partitions that it holds, and the reader that they share. */
export class SubscriptionWork {
  readonly #host: LaneHost;
  readonly #lanes = new Map<number, Lane>();
  readonly #running = new Set<Promise<void>>();
  #freeBeats: ReadonlyMap<number, number> = new Map();
  #seen: readonly SeenPartition[] = [];

  constructor({ tell, ...options }: SubscriptionWorkOptions) {
    const { subscription } = options;
    const { name } = subscription;
    const hashes = new PartitionHashes(subscription.partitionBy?.bind(subscription.handler));
    this.#host = {
      ...options,
      hashes,
      tell: (error, message, partition) => tell(error, message, { subscription: name, partition }),
      reader: new Reader({
        subscription,
        hashes,
        onFailure: (error, fed) => {
          for (const lane of this.#lanes.values()) if (fed.has(lane.events)) lane.noteSourceFailure(error);
          tell(error, "A source cannot be read, and is tried again.", { subscription: name, partition: undefined });
        },
        onDiscontinuity: (fed) => {
          for (const lane of this.#lanes.values()) if (fed.has(lane.events)) lane.verifyAgain();
        },
      }),
    };
  }

  get subscription(): Subscription {
    return this.#host.subscription;
  }

  get registered(): RegisteredSubscription {
    return this.#host.registered;
  }

  get hashes(): PartitionHashes {
    return this.#host.hashes;
  }

  get lanes(): ReadonlyMap<number, Lane> {
    return this.#lanes;
  }

  /** The partitions as the last beat saw them. */
  get partitions(): readonly SeenPartition[] {
    return this.#seen;
  }

  /**
   * Takes note of what a beat saw, and begins to give back what is above the fair share.
   *
   * @returns what is to be claimed, and what is to be released at once: held in the name of the session without a lane, because the
   * reply to a claim was lost.
   */
  see(seen: SeenSubscription): {
    readonly claim: readonly PartitionLease[];
    readonly release: readonly PartitionLease[];
  } {
    const { session, sessions, partitions, repartition, isTimely } = seen;
    this.#seen = partitions;
    if (isTimely) {
      this.#countFreeBeats(seen);
      this.#host.reader.look();
    }
    for (const [number, lane] of this.#lanes) {
      const own = partitions.find(({ partition, owner }) => partition === number && owner === session);
      if (own === undefined) lane.drop();
      else lane.see(own, repartition);
    }
    const leaving = [...this.#lanes.values()].filter(({ isLeaving }) => isLeaving);
    const { claim, release } = balanceOf({
      subscription: this.registered.id,
      session,
      sessions,
      partitions,
      leaving: new Set(leaving.map(({ partition }) => partition)),
      freeBeats: this.#freeBeats,
      fence: repartition?.fence,
    });
    for (const partition of release) this.#lanes.get(partition)?.leave();
    const isLost = ({ partition, owner }: SeenPartition) => owner === session && !this.#lanes.has(partition);
    return { claim: claim.filter(({ partition }) => !this.#lanes.has(partition)), release: partitions.filter(isLost) };
  }

  /** Whether a repartition waits for somebody to carry it out, because the last owner died before it arrived. */
  isStuck({ sessions, partitions, repartition }: SeenSubscription): boolean {
    return (
      repartition !== undefined &&
      partitions.every((seen) => isFree(seen, sessions) && hasArrived(seen, repartition.fence))
    );
  }

  /** Begins to work on a partition that was claimed. */
  begin(claimed: ClaimedPartition): void {
    const lane = new Lane(this.#host, claimed, this.#seen.length);
    this.#lanes.get(claimed.partition)?.drop();
    this.#lanes.set(claimed.partition, lane);
    const running = lane.run().finally(() => {
      this.#running.delete(running);
      if (this.#lanes.get(claimed.partition) === lane) this.#lanes.delete(claimed.partition);
      this.#host.progress.notify();
    });
    this.#running.add(running);
  }

  /** Drops everything: the leases are others' by now. */
  drop(): void {
    for (const lane of this.#lanes.values()) lane.drop();
    this.#lanes.clear();
  }

  /** Gives everything back, in order, and waits until that is done. */
  async leave(): Promise<void> {
    for (const lane of this.#lanes.values()) lane.leave();
    await Promise.all(this.#running);
  }

  #countFreeBeats({ sessions, partitions }: SeenSubscription): void {
    const before = this.#freeBeats;
    const free = partitions.filter((seen) => isFree(seen, sessions));
    this.#freeBeats = new Map(free.map(({ partition }) => [partition, (before.get(partition) ?? 0) + 1]));
  }
}
