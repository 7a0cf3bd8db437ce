import { createHash } from "node:crypto";
import type { EventQueryItem, OrderingGuarantee } from "@eventfold/store/adapter";
import { expectRefusals } from "./expected-refusals.ts";
import { planFlush } from "./flush-plan.ts";
import { type Publish, streamKeyOf } from "./publish.ts";
import { tagStripeOf } from "./tag-stripe.ts";

/** What {@link GroupCommit} is made from. */
export interface GroupCommitOptions {
  /** Writes publishes in one commit and settles each. It never rejects. */
  readonly flush: (publishes: readonly Publish[]) => Promise<void>;
  readonly orderingGuarantee: OrderingGuarantee;
  /** The most commits under way at once. */
  readonly maxWriters: number;
}

interface Lane {
  readonly key: string;
  waiting: Publish[];
  /** What is being written: one flush, or two. */
  readonly flushes: Set<readonly Publish[]>;
  /** Whether it is about to get a writer. */
  isReady: boolean;
  /** Whether nothing that waits may be written at the same time as the flush under way; judged anew when that has ended. */
  isStuck: boolean;
}

// If so many wait, a lane has two flushes under way: the server writes one while the client prepares or reads the other.
const MANY_WAITING = 64;

/**
 * Group commit: publishes that arrive while a commit of their lane is under way wait and go out together as the next
 * one. There is no timer, so a lone publish is not delayed. Publishes of one stream are written in order of arrival.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #ready: Lane[] = [];
  #writers = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Puts a publish at the end of its lane. */
  submit(publish: Publish): void {
    const key = laneOf(publish, this.#options.orderingGuarantee);
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { key, waiting: [], flushes: new Set(), isReady: false, isStuck: false };
      this.#lanes.set(key, lane);
    }
    lane.waiting.push(publish);
    this.#offer(lane);
  }

  #offer(lane: Lane): void {
    if (lane.isReady || lane.isStuck || lane.waiting.length === 0) return;
    if (lane.flushes.size > 1 || (lane.flushes.size === 1 && lane.waiting.length < MANY_WAITING)) return;
    lane.isReady = true;
    this.#ready.push(lane);
    this.#startWriters();
  }

  #startWriters(): void {
    while (this.#writers < this.#options.maxWriters) {
      const lane = this.#ready.shift();
      if (lane === undefined) return;
      this.#writers += 1;
      // Callers whose publish has just been answered publish again within their microtasks; a tick comes after all of
      // those, so that they all join, and before any input or output.
      process.nextTick(this.#write, lane);
    }
  }

  readonly #write = async (lane: Lane): Promise<void> => {
    const { flush, rest } = planFlush(lane.waiting, {
      inFlight: lane.flushes,
      maxPublishes: shareOf(lane),
    });
    lane.waiting = rest;
    lane.isReady = false;
    lane.isStuck = flush.length === 0;
    if (!lane.isStuck) {
      lane.flushes.add(flush);
      this.#offer(lane);
      await this.#options.flush(flush);
      expectRefusals(lane.waiting, flush);
      lane.flushes.delete(flush);
      lane.isStuck = false;
    }
    this.#writers -= 1;
    this.#offer(lane);
    if (lane.waiting.length === 0 && lane.flushes.size === 0 && !lane.isReady) this.#lanes.delete(lane.key);
    this.#startWriters();
  };
}

// Half of them if there are many, so that a second flush can be under way at the same time.
function shareOf({ waiting, flushes }: Lane): number {
  const isHalved = flushes.size === 0 && waiting.length >= 2 * MANY_WAITING;
  return isHalved ? Math.ceil(waiting.length / 2) : waiting.length;
}

/**
 * Which order locks of the server a publish takes, as text or, if it has a condition on events, which lock its first item takes: rivals mostly
 * decide by the same query, and write to streams of their own. Publishes of one lane go out together, those of different lanes
 * at the same time. It agrees with the stripes in `sql/events`; if it did not, writers would only wait more.
 */
function laneOf({ writes, failIf }: Publish, guarantee: OrderingGuarantee): string {
  if (guarantee === "log") return "";
  if (failIf !== undefined) return `if ${lockOf(failIf.items[0])}`;
  const stripes = new Set(
    writes.map((write) => stripeOf(guarantee === "category" ? write.category : streamKeyOf(write))),
  );
  return [...stripes].sort((a, b) => a - b).join(",");
}

function stripeOf(key: string): number {
  return (createHash("sha256").update(key).digest()[0] ?? 0) & 63;
}

/** The lock that an item takes exclusively; one without tags takes all of the order. */
function lockOf(item: EventQueryItem | undefined): string {
  const tag = item?.tags?.at(-1);
  return tag === undefined ? "all" : String(tagStripeOf(tag));
}
