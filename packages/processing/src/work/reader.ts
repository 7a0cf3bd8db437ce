import { setTimeout as delay } from "node:timers/promises";
import type { PartitionHashes } from "../subscription/partition-hash.ts";
import type { Subscription } from "../subscription/subscription.ts";
import { type FedLane, Feed } from "./feed.ts";

/** How far apart, in sequence numbers, feeds may be to become one. */
const NEAR = 1_000;

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 30_000;

/** What a reader reads. */
export interface ReaderOptions {
  readonly subscription: Subscription;
  readonly hashes: PartitionHashes;
  /** Is told when the source cannot be read; it is tried again. */
  readonly onFailure: (error: unknown, lanes: ReadonlySet<FedLane>) => void;
  /** Is told of lanes whose source has not any more what was read for them; nothing is read for them until they join again. */
  readonly onDiscontinuity: (lanes: ReadonlySet<FedLane>) => void;
}

/**
 * Reads the source of one subscription for all lanes of a node: once for those that are near each other. A lane that is behind, or
 * holds up others, is read for alone, until it has caught up.
 */
export class Reader {
  readonly #options: ReaderOptions;
  readonly #feeds = new Set<Feed>();

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Brings events to a lane, from where it was read for. */
  join(lane: FedLane): void {
    const living = [...this.#feeds].filter(({ hasEnded }) => !hasEnded);
    const behind = living.filter(({ upTo }) => upTo <= lane.readUpTo && lane.readUpTo - upTo <= NEAR);
    const nearest = behind.filter(({ isFlowing }) => isFlowing).sort((a, b) => b.upTo - a.upTo)[0];
    if (nearest !== undefined) nearest.join(lane);
    else this.#startFeed(lane);
  }

  leave(lane: FedLane): void {
    for (const feed of this.#feeds) if (feed.lanes.has(lane)) feed.leave(lane);
  }

  /** A lane has room again, or nothing to do. */
  lookAgain(lane: FedLane): void {
    for (const feed of this.#feeds) if (feed.lanes.has(lane)) feed.lookAgain();
  }

  /** Looks whether sources from which nothing has come for long are still the same. */
  look(): void {
    for (const feed of this.#feeds) {
      feed.look().catch((error: unknown) => {
        if (!feed.hasEnded) this.#options.onFailure(error, feed.lanes);
      });
    }
  }

  #letGo(feed: Feed, fed: ReadonlySet<FedLane>): ReadonlySet<FedLane> {
    const lanes = new Set(fed);
    for (const lane of lanes) feed.leave(lane);
    return lanes;
  }

  #startFeed(first: FedLane): void {
    const { subscription, hashes } = this.#options;
    const feed = new Feed({
      subscription,
      hashes,
      after: first.readUpTo,
      last: first.lastRead,
      onLetGo: (full) => {
        for (const lane of full) this.#startFeed(lane);
      },
      onPage: (behind) => this.#joinThoseAhead(behind),
      onDiscontinuity: ({ lanes: fed }) => this.#options.onDiscontinuity(this.#letGo(feed, fed)),
    });
    feed.join(first);
    this.#feeds.add(feed);
    void this.#run(feed);
  }

  async #run(feed: Feed): Promise<void> {
    for (let waitMs = FIRST_RETRY_MS; !feed.hasEnded; ) {
      const { upTo } = feed;
      try {
        await feed.run();
      } catch (error) {
        this.#options.onFailure(error, feed.lanes);
        if (feed.upTo > upTo) waitMs = FIRST_RETRY_MS;
        await delay(waitMs, undefined, { ref: false });
        waitMs = Math.min(LONGEST_RETRY_MS, waitMs * 2);
      }
    }
    this.#feeds.delete(feed);
  }

  /** The lanes of feeds that are a little ahead go on with the one behind, and pass over what they have. */
  #joinThoseAhead(behind: Feed): void {
    if (!behind.isFlowing) return;
    for (const ahead of this.#feeds) {
      const isNear = ahead.upTo >= behind.upTo && ahead.upTo - behind.upTo <= NEAR;
      if (ahead === behind || ahead.hasEnded || !ahead.isFlowing || !isNear) continue;
      for (const lane of [...ahead.lanes]) {
        ahead.leave(lane);
        behind.join(lane);
      }
    }
  }
}
