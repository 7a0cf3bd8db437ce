import { setImmediate as yieldToOthers } from "node:timers/promises";
import type { FollowedPage } from "@eventfold/store";
import { isUnreadableEvent, type UnreadableEvent } from "@eventfold/types";
import type { HashedKey, PartitionHashes } from "../subscription/partition-hash.ts";
import type { Subscription } from "../subscription/subscription.ts";
import { type Arrival, arrivalsOf } from "./arrival.ts";
import { Changes } from "./changes.ts";
import { Continuity, type ReadEvent } from "./continuity.ts";
import { scanAround } from "./scan-around.ts";

/** How long a lane that is full may keep others from getting more while they have nothing to do. */
const LONGEST_HOLD_UP_MS = 250;

/** After how long without a page the log may be another one: before the next page is dealt out, and when no page comes at all. */
const QUIET_MS = 500;
const LONG_QUIET_MS = 10_000;

/** What a feed brings events to: the lane of one partition. */
export interface FedLane {
  readonly partition: number;
  /** Into how many partitions its subscription is dealt out. */
  readonly partitions: number;
  /** How far the source was read for it. */
  readonly readUpTo: number;
  /** The last event that was read for it, if that is known. */
  readonly lastRead: ReadEvent | undefined;
  /** Whether it can take no more for now. Calls `Feed.lookAgain` when that changes. */
  readonly isFull: boolean;
  /** Whether it has nothing to do, and could have. */
  readonly isIdle: boolean;
  add(arrival: Arrival, key: HashedKey): void;
  /** Takes note that the source was read up to a number, and whether there was no more. */
  readTo(upTo: number, isEnd: boolean): void;
}

/** What a feed reads. */
export interface FeedOptions {
  readonly subscription: Subscription;
  readonly hashes: PartitionHashes;
  readonly after: number;
  /** The last event that was read before, if that is known. */
  readonly last: ReadEvent | undefined;
  /** Is told of lanes that hold up the others, which the feed has let go. */
  readonly onLetGo: (lanes: readonly FedLane[]) => void;
  /** Is told after every page. */
  readonly onPage: (feed: Feed) => void;
  /** Is told that the source has not any more what was read last. Nothing more is dealt out. */
  readonly onDiscontinuity: (feed: Feed) => void;
}

/** Reads a source once for several lanes, and brings each event to the one of its partition. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #lanes = new Set<FedLane>();
  readonly #end = new AbortController();
  readonly #changes = new Changes();
  readonly #continuity: Continuity;
  #upTo: number;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#continuity = new Continuity(options.subscription.source, options.last);
    this.#upTo = options.after;
  }

  /** How far the source was read. */
  get upTo(): number {
    return this.#upTo;
  }

  get lanes(): ReadonlySet<FedLane> {
    return this.#lanes;
  }

  get hasEnded(): boolean {
    return this.#end.signal.aborted;
  }

  /** Whether none of its lanes is so far behind that it could hold up another. */
  get isFlowing(): boolean {
    return [...this.#lanes].every(({ isFull }) => !isFull);
  }

  /** Brings events to a lane too, which has been read for at least as far as the feed has come. */
  join(lane: FedLane): void {
    this.#lanes.add(lane);
    this.lookAgain();
  }

  leave(lane: FedLane): void {
    this.#lanes.delete(lane);
    if (this.#lanes.size === 0) this.#end.abort();
    this.lookAgain();
  }

  /** A lane has room again. */
  lookAgain(): void {
    this.#changes.notify();
  }

  /**
   * Reads until no lane is left.
   *
   * @throws what the source rejects with.
   */
  async run(): Promise<void> {
    while (!this.hasEnded) await this.#readOn();
  }

  /** Reads until no lane is left, or up to an event that cannot be read. */
  async #readOn(): Promise<void> {
    const { source, constraints } = this.#options.subscription;
    const { signal } = this.#end;
    try {
      await this.#waitForRoom();
      for await (const page of source.followPages({ after: this.#upTo, constraints, signal })) {
        await this.#checkContinuity(QUIET_MS);
        if (signal.aborted) return;
        this.#deal(page);
        await yieldToOthers(); // handlers and storages that never wait for anything would keep the timers from their turn
        await this.#waitForRoom();
        if (signal.aborted) return;
        this.#options.onPage(this);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isUnreadableEvent(error)) return this.#dealAround(error);
      this.#continuity.doubt();
      throw error;
    }
  }

  /**
   * Looks whether the source is still the same, if nothing has come from it for long.
   *
   * @throws what the source rejects with.
   */
  async look(): Promise<void> {
    await this.#checkContinuity(LONG_QUIET_MS);
  }

  async #checkContinuity(quietMs: number): Promise<void> {
    if (this.hasEnded || (await this.#continuity.holds(quietMs, this.#end.signal)) || this.hasEnded) return;
    this.#options.onDiscontinuity(this);
  }

  #deal({ events, upTo, isEnd }: FollowedPage): void {
    this.#continuity.note(events.at(-1));
    this.#dealOut(arrivalsOf(events));
    this.#readTo(upTo, isEnd);
  }

  /**
   * Deals out an event that cannot be read, with those before it: it fails in its lane. Where its partition depends on more than its
   * stream, nobody knows where it belongs, and nothing beyond it is read.
   */
  async #dealAround(error: UnreadableEvent): Promise<void> {
    const { sequenceNumber } = error.event;
    if (!this.#options.hashes.areByStream || sequenceNumber <= this.#upTo) throw error;
    const part = { after: this.#upTo, before: sequenceNumber + 1, signal: this.#end.signal };
    const arrivals: Arrival[] = [];
    for await (const arrival of scanAround(this.#options.subscription, part)) arrivals.push(arrival);
    this.#dealOut(arrivals);
    this.#readTo(sequenceNumber, false);
  }

  #dealOut(arrivals: readonly Arrival[]): void {
    const { hashes, subscription } = this.#options;
    const lanes = this.#lanesByPartition();
    for (const arrival of arrivals) {
      const key = hashes.ofArrival(arrival);
      for (const [partitions, byPartition] of lanes) {
        const lane = byPartition.get(key.hash % partitions);
        if (lane === undefined || arrival.location.sequenceNumber <= lane.readUpTo) continue;
        const isApart = hashes.belongApart(arrival.events ?? [], { partitions, subscription });
        lane.add(isApart ? { location: arrival.location, events: undefined } : arrival, key); // it fails when it is read again
      }
    }
  }

  #readTo(upTo: number, isEnd: boolean): void {
    this.#upTo = upTo;
    for (const lane of this.#lanes) lane.readTo(upTo, isEnd);
  }

  /** By the number of partitions, which differs for a moment when a subscription is repartitioned. */
  #lanesByPartition(): ReadonlyMap<number, ReadonlyMap<number, FedLane>> {
    const lanes = new Map<number, Map<number, FedLane>>();
    for (const lane of this.#lanes) {
      const known = lanes.get(lane.partitions) ?? new Map<number, FedLane>();
      lanes.set(lane.partitions, known.set(lane.partition, lane));
    }
    return lanes;
  }

  /** Waits while a lane is full, and lets those go that keep others idle for too long. */
  async #waitForRoom(): Promise<void> {
    const hasRoom = () => this.hasEnded || this.isFlowing;
    while (!hasRoom()) {
      await this.#changes.until(() => hasRoom() || this.#isHeldUp());
      const isFree = () => hasRoom() || !this.#isHeldUp();
      if (await this.#changes.untilOrFor(isFree, LONGEST_HOLD_UP_MS)) continue;
      const full = [...this.#lanes].filter(({ isFull }) => isFull);
      for (const lane of full) this.#lanes.delete(lane);
      this.#options.onLetGo(full);
    }
  }

  #isHeldUp(): boolean {
    const lanes = [...this.#lanes];
    return lanes.some(({ isFull }) => isFull) && lanes.some(({ isIdle }) => isIdle);
  }
}
