import { isEventfoldError, type StoredEvent } from "@eventfold/types";
import { backoffMs } from "../failure/backoff.ts";
import type { EventFold, FoldingHandler } from "../subscription/folding-handler.ts";
import { isProcessTraced, MOST_TRACED_EVENTS, type ProcessMessage, traceProcess } from "../tracing/channels.ts";
import type { Entry } from "./backlog.ts";
import type { LaneWork } from "./lane-work.ts";
import { eventsOf } from "./scan-around.ts";
import type { Worker } from "./worker.ts";

/** How long what was folded may wait to be stored while there is more to fold. */
const LONGEST_UNSAVED_MS = 5_000;

/** An event that takes more memory than this is released at once, although tracing could tell of it; but not the first. */
const MOST_TRACED_BYTES = 16 * 1024;

/** How often what others have changed meanwhile is read and folded again before that counts as a failure. */
const MOST_CONFLICTS = 5;

/** What became of a call. `left`: the lane is held. */
type Outcome = { readonly kind: "done" | "left" } | { readonly kind: "failed"; readonly error: unknown };

/**
 * Folds events, and stores what they come to: while the lane catches up, after many of them; otherwise whenever there is nothing
 * more to fold. An event that cannot be folded is found by folding one by one. While the storage cannot be reached it waits,
 * however long that takes, for no event is to blame for it.
 */
export function foldingWorker(handler: FoldingHandler): Worker {
  let begun: EventFold | undefined;
  const foldOf = (lane: LaneWork) => {
    const { partition, partitions } = lane;
    begun ??= handler.beginFold({ partition, partitions, fencingToken: lane.describe().fencingToken });
    return begun;
  };
  return {
    async run(lane) {
      const fold = foldOf(lane);
      const run = new FoldingRun(lane, fold);
      await run.untilDone();
      if (lane.isHeld || !run.isDone) fold.forget(); // what others change meanwhile is read again
    },
    async handle(lane, events, attempt) {
      const fold = foldOf(lane);
      fold.forget();
      await fold.fold(events);
      await traceProcess(
        () => ({ ...lane.describe(), count: 1, events, attempt }),
        () => fold.save(),
      );
      fold.noteSaved();
    },
    forget: () => begun?.forget(),
  };
}

/** One run over what there is. */
class FoldingRun {
  readonly #lane: LaneWork;
  readonly #fold: EventFold;
  /** Folded, and not stored. */
  #unsaved: Entry[] = [];
  /** What tracing is to say of those. */
  #traced: StoredEvent[] = [];
  #saveDueMs = 0;
  /** Whether the fold has forgotten what is not stored. */
  #mustFoldAgain = false;

  constructor(lane: LaneWork, fold: EventFold) {
    this.#lane = lane;
    this.#fold = fold;
  }

  /** Whether everything that was folded is stored. */
  get isDone(): boolean {
    return this.#unsaved.length === 0;
  }

  /** Works until everything is stored and there is nothing more to take, or until the lane is held. */
  async untilDone(): Promise<void> {
    for (;;) {
      const batch = this.#takeBatch();
      if (batch.length > 0) await this.#foldBatch(batch);
      else if (this.isDone) return;
      else if (this.#mayWait) await this.#lane.waitForMore(this.#leftMs);
      if (this.#mustSave && !(await this.#save())) return;
    }
  }

  get #leftMs(): number {
    return this.#saveDueMs - performance.now();
  }

  /** Whether more is on its way, and there is time to wait for it. */
  get #mayWait(): boolean {
    return !this.#lane.isDry && !this.#lane.isHeld && this.#leftMs > 0;
  }

  get #mustSave(): boolean {
    return this.#fold.isFull || !this.#mayWait;
  }

  #takeBatch(): readonly Entry[] {
    const batch: Entry[] = [];
    while (batch.length < this.#fold.batchSize) {
      const entry = this.#lane.takeNext();
      if (entry === undefined) break;
      batch.push(entry);
    }
    return batch;
  }

  async #foldBatch(batch: readonly Entry[]): Promise<void> {
    const outcome = await this.#attempt(() => this.#foldAll(batch));
    if (outcome.kind === "done") this.#note(batch);
    if (outcome.kind === "failed") await this.#foldOneByOne(batch);
  }

  async #foldOneByOne(batch: readonly Entry[]): Promise<void> {
    for (const entry of batch) {
      if (this.#lane.passOver(entry)) continue;
      const outcome = await this.#attempt(() => this.#foldAll([entry]));
      if (outcome.kind === "done") this.#note([entry]);
      if (outcome.kind === "left") return;
      if (outcome.kind === "failed" && !((await this.#save()) && (await this.#handleAlone(entry)))) return;
    }
  }

  /** @returns whether everything is stored; otherwise what is not is taken again later. */
  async #save(): Promise<boolean> {
    if (this.isDone) return true;
    const outcome = await this.#attempt(() => this.#store());
    if (outcome.kind === "done") this.#finish();
    if (outcome.kind !== "failed") return this.isDone;
    const entries = this.#leave();
    for (const entry of entries) if (!(await this.#handleAlone(entry))) return false;
    return true;
  }

  /** Folds and stores one event as often as the failure policy says. @returns whether the lane goes on. */
  async #handleAlone(entry: Entry): Promise<boolean> {
    const { times, backoff } = this.#lane.subscription.onFailure;
    if (this.#lane.passOver(entry)) return true;
    while (!this.#lane.isHeld) {
      this.#unsaved = [entry];
      this.#traced = isProcessTraced() ? [...(entry.events ?? [])] : [];
      this.#mustFoldAgain = true;
      const outcome = await this.#attempt(() => this.#store());
      if (outcome.kind === "done") this.#finish();
      if (outcome.kind !== "failed") return outcome.kind === "done";
      this.#leave();
      entry.failures += 1;
      if (entry.failures > times) {
        await this.#lane.giveUp(entry, outcome.error);
        return !this.#lane.isHeld;
      }
      this.#lane.noteFailure(entry, outcome.error);
      await this.#lane.rest(backoffMs(backoff, entry.failures));
    }
    return false;
  }

  /** Those that are not in memory are read again; one that is not there any more is done. */
  async #foldAll(entries: readonly Entry[]): Promise<void> {
    await this.#fold.fold(await eventsOf(this.#lane, entries));
  }

  /** Stores what was folded. When others have changed that meanwhile, it is read and folded again first. */
  async #store(): Promise<void> {
    for (let conflicts = 1; ; conflicts += 1) {
      try {
        if (this.#mustFoldAgain) await this.#foldAgain();
        await traceProcess(
          () => this.#describe(),
          () => this.#commit(),
        );
        return;
      } catch (error) {
        if (!isEventfoldError(error, "PROJECTION_CONFLICT") || conflicts > MOST_CONFLICTS) throw error;
        this.#fold.forget();
        this.#mustFoldAgain = true;
      }
    }
  }

  #describe(): ProcessMessage {
    const attempt = (this.#unsaved[0]?.failures ?? 0) + 1;
    return { ...this.#lane.describe(), count: this.#unsaved.length, events: this.#traced, attempt };
  }

  async #commit(): Promise<void> {
    const { transactions } = this.#lane.subscription;
    if (transactions === undefined) await this.#fold.save();
    else await this.#lane.transact(this.#unsaved, (transaction) => this.#fold.save(transaction));
    this.#fold.noteSaved();
  }

  async #foldAgain(): Promise<void> {
    for (let from = 0; from < this.#unsaved.length; ) {
      const size = this.#fold.batchSize;
      await this.#foldAll(this.#unsaved.slice(from, from + size));
      from += size;
    }
    this.#mustFoldAgain = false;
  }

  /** Makes a call, again and again while the storage cannot be reached. */
  async #attempt(call: () => Promise<void>): Promise<Outcome> {
    const { backoff } = this.#lane.subscription.onFailure;
    for (let outages = 1; ; outages += 1) {
      try {
        await call();
        return { kind: "done" };
      } catch (error) {
        if (this.#lane.signal.aborted) return { kind: "left" };
        if (!isEventfoldError(error) || !error.isRetryable) return { kind: "failed", error };
        this.#lane.noteFailure(undefined, error);
        await this.#lane.rest(backoffMs(backoff, outages));
        if (this.#lane.isHeld) return { kind: "left" };
      }
    }
  }

  #note(entries: readonly Entry[]): void {
    if (this.isDone) this.#saveDueMs = performance.now() + LONGEST_UNSAVED_MS;
    if (isProcessTraced()) this.#keepForTrace(entries);
    for (const entry of entries) {
      this.#lane.release(entry);
      this.#unsaved.push(entry);
    }
  }

  #keepForTrace(entries: readonly Entry[]): void {
    for (const { events = [], bytes } of entries) {
      if (this.#traced.length >= MOST_TRACED_EVENTS) return;
      if (this.#traced.length === 0 || bytes <= MOST_TRACED_BYTES) this.#traced.push(...events);
    }
  }

  /** Forgets what is not stored. @returns its events. */
  #leave(): readonly Entry[] {
    const left = this.#unsaved;
    this.#unsaved = [];
    this.#traced = [];
    this.#mustFoldAgain = false;
    this.#fold.forget();
    return left;
  }

  #finish(): void {
    for (const entry of this.#unsaved) this.#lane.finish(entry);
    this.#unsaved = [];
    this.#traced = [];
  }
}
