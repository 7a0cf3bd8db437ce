import { setTimeout as delay } from "node:timers/promises";
import { isEventfoldError, type Logger, retryDelayMs } from "@eventfold/store/adapter";
import { Bell } from "../bell.ts";
import type { ReplicaPlace } from "../replica-place.ts";
import { type CopiedBatch, type Copying, copyBatch } from "./copying.ts";
import type { FollowedLog } from "./followed-log.ts";
import type { FollowerTurn } from "./follower-turn.ts";
import { checkChain, checkLink } from "./log-check.ts";

/** When to look again while a writer in flight holds events back: it wakes nobody when it rolls back. */
const HELD_BACK_MS = 20;

/** What a follower works with. */
export interface FollowerOptions extends Copying {
  readonly log: FollowedLog;
  readonly turn: FollowerTurn;
  readonly logger: Logger;
  /** Called when it has given up. */
  readonly onFailure: () => void;
}

/**
 * Copies a log for as long as it runs, whenever it is this process's turn. After a failure that may pass it goes on; after any other
 * it gives up, because what it would copy would not be the log.
 */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #end = new AbortController();
  readonly #running: Promise<void>;
  /** How often it was interrupted since it last reached the end of the log. */
  #interruptions = 0;
  #failure: unknown;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Why it has given up; `undefined` while it has not. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Ends it; the batch that is being stored is stored. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { turn, logger, onFailure, file } = this.#options;
    const { filename } = file;
    const { signal } = this.#end;
    while (!signal.aborted && this.#failure === undefined) {
      try {
        await turn.take(signal);
        await this.#follow();
      } catch (error) {
        if (signal.aborted) break;
        if (mayPass(error)) {
          logger.warn({ error, filename }, "A replica was interrupted and goes on.");
          await delay(retryDelayMs(this.#interruptions++), undefined, { signal }).catch(() => {});
        } else {
          this.#failure = error;
          logger.error({ error, filename }, "A replica cannot follow its log any more.");
        }
      }
    }
    turn.release();
    if (this.#failure !== undefined) onFailure();
  }

  /** Copies what there is, and then what comes, without end. */
  async #follow(): Promise<never> {
    const { file, log } = this.#options;
    const bell = new Bell();
    const endListening = log.adapter.onChange(() => bell.ring());
    try {
      let place = await checkChain({ file, log });
      for (;;) {
        const horizon = await log.horizon();
        if (horizon !== place.upTo) place = await this.#copyUpTo(horizon, place);
        this.#interruptions = 0;
        const atMostMs = (await log.isHeldBack(place.upTo)) ? HELD_BACK_MS : undefined;
        await bell.wait({ atMostMs, signal: this.#end.signal });
      }
    } finally {
      endListening();
    }
  }

  /**
   * Copies what lies below a horizon, which is all that there will ever be. It reads behind the newest event rather than behind the
   * horizon before: a server that takes over may give numbers to events that no event had before it.
   */
  async #copyUpTo(horizon: number, begin: ReplicaPlace): Promise<ReplicaPlace> {
    const { file, log } = this.#options;
    const { signal } = this.#end;
    let place = begin;
    const store = async (events: CopiedBatch["events"], to: ReplicaPlace) => {
      await checkLink({ file, log }, place);
      signal.throwIfAborted();
      await copyBatch(this.#options, { from: place, events, to });
      place = to;
    };
    const range = { after: place.newest?.sequenceNumber ?? 0, upTo: horizon };
    for await (const events of log.batches(range, signal)) {
      const { sequenceNumber, id } = events.at(-1) as (typeof events)[number];
      await store(events, { upTo: sequenceNumber, newest: { sequenceNumber, id } });
    }
    if (place.upTo !== horizon) await store([], { ...place, upTo: horizon });
    return place;
  }
}

/** Whether another follower has written meanwhile, or a storage could not be reached. */
function mayPass(error: unknown): boolean {
  return isEventfoldError(error) && (error.isRetryable || error.code === "LOG_CHANGED");
}
