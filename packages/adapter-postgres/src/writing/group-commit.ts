import { planFlush } from "./flush-plan.ts";
import type { Publish } from "./publish.ts";

/** What {@link GroupCommit} is made from. */
export interface GroupCommitOptions {
  /** Writes publishes in one commit and settles each. It never rejects. */
  readonly flush: (publishes: readonly Publish[]) => Promise<void>;
  /** The most commits under way at once. */
  readonly maxWriters: number;
}

interface Lane {
  readonly key: string;
  waiting: Publish[];
}

/**
 * Group commit: publishes that arrive while a commit of their lane is under way wait and go out together as the next
 * one. There is no timer, so a lone publish is not delayed.
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
  submit(publish: Publish, laneKey: string): void {
    const lane = this.#lanes.get(laneKey);
    if (lane !== undefined) {
      lane.waiting.push(publish);
      return;
    }
    const opened = { key: laneKey, waiting: [publish] };
    this.#lanes.set(laneKey, opened);
    this.#ready.push(opened);
    this.#startWriters();
  }

  #startWriters(): void {
    while (this.#writers < this.#options.maxWriters) {
      const lane = this.#ready.shift();
      if (lane === undefined) return;
      this.#writers += 1;
      void this.#write(lane);
    }
  }

  async #write(lane: Lane): Promise<void> {
    await afterMicrotasks();
    const { flush, rest } = planFlush(lane.waiting);
    lane.waiting = rest;
    await this.#options.flush(flush);
    this.#writers -= 1;
    if (lane.waiting.length > 0) this.#ready.push(lane);
    else this.#lanes.delete(lane.key);
    this.#startWriters();
  }
}

// Callers whose publish has just been answered publish again within their microtasks; a tick comes after all of those, so
// that they all join, and before any input or output.
function afterMicrotasks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
