import type { ClaimedPartition, SeenPartition } from "../storage/partition.ts";
import type { PartitionLease } from "../storage/partition-lease.ts";
import type { Repartition } from "../storage/repartition.ts";
import type { ProcessingSession } from "../storage/session.ts";
import type { RegisteredSubscription } from "../storage/subscription.ts";
import { hashesFor, type PartitionHashes } from "../subscription/partition-hash.ts";
import type { Subscription } from "../subscription/subscription.ts";
import { Lane } from "../work/lane.ts";
import type { LaneHost } from "../work/lane-host.ts";
import { Reader } from "../work/reader.ts";
import { balanceOf, hasArrived, isFree } from "./balance.ts";
import { HealthCheck } from "./health-check.ts";
import { Offers } from "./offers.ts";

/** What a node has for each of its subscriptions. */
export type SubscriptionWorkOptions = Omit<LaneHost, "hashes" | "reader" | "tell" | "areOthersAtWork" | "noteOffer"> & {
  readonly leaseMs: number;
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
  /** Whether the node can work on it. */
  readonly health: HealthCheck;
  readonly #host: LaneHost;
  readonly #lanes = new Map<number, Lane>();
  readonly #running = new Set<Promise<void>>();
  readonly #offers = new Offers();
  #freeBeats: ReadonlyMap<number, number> = new Map();
  #seen: readonly SeenPartition[] = [];
  /** Whether everything was given back since the node cannot work on it. */
  #isGivenUp = false;
  #horizon = 0;
  #isAsking = false;
  #areOthersAtWork = false;

  constructor({ tell, leaseMs, ...options }: SubscriptionWorkOptions) {
    const { subscription } = options;
    const { name } = subscription;
    const hashes = hashesFor(subscription);
    this.health = new HealthCheck({
      check: subscription.checkHealth?.bind(subscription.handler),
      limitMs: leaseMs,
      onChange: (problem) => this.#noteHealth(problem, tell),
    });
    this.#isGivenUp = this.health.problem !== undefined;
    this.#host = {
      ...options,
      hashes,
      areOthersAtWork: () => this.#areOthersAtWork,
      noteOffer: (partition) => this.#offers.add(partition),
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

  /** The horizon of the source, as it was seen last while a partition was behind. */
  get horizon(): number {
    return this.#horizon;
  }

  /** Whether the node is one of those that the partitions are dealt out to. */
  get isMember(): boolean {
    return !this.#isGivenUp;
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
    this.#areOthersAtWork = partitions.some(({ owner, isPaused }) => {
      const isLiving = owner !== undefined && sessions.some(({ id }) => id === owner);
      return isLiving && owner !== session && !isPaused;
    });
    if (isTimely) {
      this.#countFreeBeats(seen);
      this.#offers.see(partitions, session);
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
      offered: this.#offers.partitions,
      fence: repartition?.fence,
    });
    for (const partition of release) this.#lanes.get(partition)?.leave();
    const isLost = ({ partition, owner }: SeenPartition) => owner === session && !this.#lanes.has(partition);
    const lost = partitions.filter(isLost);
    if (this.health.problem !== undefined) {
      this.#giveUp(partitions.every(({ owner }) => owner !== session));
      return { claim: [], release: lost };
    }
    return { claim: claim.filter(({ partition }) => !this.#lanes.has(partition)), release: lost };
  }

  /** Asks, aside, for the health of the subscription, and how far its source goes where that is not known from reading it. */
  lookAside(): void {
    this.health.look();
    if (this.#isAsking || [...this.#lanes.values()].every(({ events }) => events.isAtEnd)) return;
    this.#isAsking = true;
    const note = (horizon: number) => {
      this.#horizon = horizon;
    };
    const asking = this.subscription.source.horizon().then(note, () => {}); // who reads the source tells of its failures
    void asking.then(() => {
      this.#isAsking = false;
    });
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
    const lane = new Lane({ host: this.#host, claimed, partitions: this.#seen.length });
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

  #noteHealth(problem: string | undefined, tell: SubscriptionWorkOptions["tell"]): void {
    const { subscription, wakeNode } = this.#host;
    if (problem === undefined) this.#isGivenUp = false;
    else {
      const place = { subscription: subscription.name, partition: undefined };
      tell(new Error(problem), "The node cannot work on a subscription, and lets others have its partitions.", place);
      for (const lane of this.#lanes.values()) lane.leave();
    }
    wakeNode();
  }

  /** Gives everything back. Only when a beat has seen that this is done the node is no member any more, and sees nothing more of it. */
  #giveUp(isDone: boolean): void {
    for (const lane of this.#lanes.values()) lane.leave();
    this.#isGivenUp = isDone && this.#lanes.size === 0;
  }

  #countFreeBeats({ sessions, partitions }: SeenSubscription): void {
    const before = this.#freeBeats;
    const free = partitions.filter((seen) => isFree(seen, sessions));
    this.#freeBeats = new Map(free.map(({ partition }) => [partition, (before.get(partition) ?? 0) + 1]));
  }
}
