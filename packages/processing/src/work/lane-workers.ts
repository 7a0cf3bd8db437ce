import type { PartitionHashes } from "../subscription/partition-hash.ts";
import type { Subscription } from "../subscription/subscription.ts";
import type { PartitionMessage } from "../tracing/channels.ts";
import type { Entry } from "./backlog.ts";
import type { Changes } from "./changes.ts";
import type { HeldPartition } from "./held-partition.ts";
import type { LaneCheckpoint } from "./lane-checkpoint.ts";
import type { LaneEvents } from "./lane-events.ts";
import type { LaneFailures } from "./lane-failures.ts";
import type { LaneHealth } from "./lane-health.ts";
import type { LaneParking } from "./lane-parking.ts";
import type { LaneWork } from "./lane-work.ts";
import type { Worker } from "./worker.ts";

/** What those who work on a lane have before them. */
export interface LaneWorkersOptions {
  readonly worker: Worker;
  readonly events: LaneEvents;
  readonly checkpoint: LaneCheckpoint;
  readonly parking: LaneParking;
  readonly failures: LaneFailures;
  readonly health: LaneHealth;
  readonly changes: Changes;
  /** Whether the lane lets nobody start anything. */
  readonly isShut: () => boolean;
  /** Handles nothing more of the partition here, for an event failed in vain. */
  readonly pause: () => void;
  /** Gives the partition back, for the broker stops with this error. */
  readonly stop: (error: unknown) => void;
}

/** Those who work on the events of a lane, several at once where the subscription says so, and what comes of their work. */
export class LaneWorkers implements LaneWork {
  readonly #held: HeldPartition;
  readonly #options: LaneWorkersOptions;
  #atWork = 0;
  #mustPutBack = false;

  constructor(held: HeldPartition, options: LaneWorkersOptions) {
    this.#held = held;
    this.#options = options;
  }

  get subscription(): Subscription {
    return this.#held.host.subscription;
  }

  get partition(): number {
    return this.#held.lease.partition;
  }

  get partitions(): number {
    return this.#held.partitions;
  }

  get hashes(): PartitionHashes {
    return this.#held.host.hashes;
  }

  get fencingToken(): number {
    return this.#held.lease.token;
  }

  get signal(): AbortSignal {
    return this.#held.signal;
  }

  describe(): PartitionMessage {
    return this.#held.describe();
  }

  get isHeld(): boolean {
    return this.#held.hasEnded || this.#mustPutBack || this.#options.isShut();
  }

  /** Whether anybody is at work. */
  get areAtWork(): boolean {
    return this.#atWork > 0;
  }

  /** Whether something was taken and left, and has to be put back before anything is started. */
  get mustPutBack(): boolean {
    return this.#mustPutBack;
  }

  /** Lets as many work as may. */
  start(): void {
    const { events } = this.#options;
    if (this.#atWork === 0) events.putBack();
    while (this.#atWork < this.subscription.concurrency && events.hasWork && !this.isHeld) void this.#work();
  }

  /** Puts back what was taken and is not done. Nobody may be at work. */
  putBack(): void {
    this.#mustPutBack = false;
    this.#options.events.putBack();
  }

  take(): Entry | undefined {
    return this.#takeUncovered(() => this.#options.events.take());
  }

  takeNext(): Entry | undefined {
    return this.#takeUncovered(() => this.#options.events.takeNext());
  }

  async transact(entries: readonly Entry[], work: (transaction: object) => Promise<void>): Promise<void> {
    const last = entries.at(-1)?.location;
    if (last === undefined) throw new RangeError("A transaction is committed with the events that are done by it.");
    const checkpoint = { sequenceNumber: last.sequenceNumber, eventId: last.id };
    await this.#options.checkpoint.moveBy(checkpoint, (move) =>
      this.#held.host.transactions.run(this.subscription, { step: { moves: [move] }, work }),
    );
    for (const entry of entries) this.#finish(entry);
    this.#options.checkpoint.saveLater(); // the source may have been read further than to the last of them
  }

  release(entry: Entry): void {
    this.#options.events.release(entry);
  }

  finish(entry: Entry): void {
    if (entry.isDone) return;
    this.#finish(entry);
    this.#options.health.noteSuccess();
    this.#options.checkpoint.countEvent();
  }

  passOver(entry: Entry): boolean {
    if (!this.#options.parking.covers(entry)) return false;
    this.finish(entry);
    return true;
  }

  noteFailure(entry: Entry | undefined, error: unknown): void {
    this.#options.failures.note(entry, error);
  }

  async giveUp(entry: Entry, error: unknown): Promise<void> {
    const { failures, pause, stop } = this.#options;
    const givenUp = await failures.giveUp(entry, error);
    if (this.#held.hasEnded) return;
    if (givenUp === "done") return this.finish(entry);
    this.#mustPutBack = true;
    if (givenUp === "pause") pause();
    else stop(error);
  }

  async rest(ms: number): Promise<void> {
    await this.#options.changes.untilOrFor(() => this.isHeld, ms);
    if (this.isHeld) this.#mustPutBack = true; // what rests is left, and has to be taken again
  }

  async waitForWork(): Promise<void> {
    await this.#options.changes.until(() => this.isHeld || this.#options.events.hasWork);
  }

  get isDry(): boolean {
    return this.#options.events.isDry;
  }

  async waitForMore(ms: number): Promise<void> {
    const { changes, events } = this.#options;
    await changes.untilOrFor(() => this.isHeld || events.hasWork || this.isDry, ms);
  }

  async save(): Promise<void> {
    await this.#options.checkpoint.saveNow();
  }

  async #work(): Promise<void> {
    const { worker, changes } = this.#options;
    this.#atWork += 1;
    try {
      await worker.run(this);
    } catch (error) {
      if (!this.#held.hasEnded) this.#held.host.fail(error);
    }
    this.#atWork -= 1;
    changes.notify();
  }

  #finish(entry: Entry): void {
    const { failures, events } = this.#options;
    failures.forget(entry);
    events.finish(entry);
    this.#held.host.progress.notifySoon();
  }

  #takeUncovered(take: () => Entry | undefined): Entry | undefined {
    while (!this.isHeld) {
      const entry = take();
      if (entry === undefined || !this.passOver(entry)) return entry;
    }
    return undefined;
  }
}
