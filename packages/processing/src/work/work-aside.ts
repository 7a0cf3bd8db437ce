import type { ClosingStep } from "../storage/processing-transaction.ts";
import type { PartitionHashes } from "../subscription/partition-hash.ts";
import type { Subscription } from "../subscription/subscription.ts";
import type { PartitionMessage } from "../tracing/channels.ts";
import type { Entry } from "./backlog.ts";
import type { HeldPartition } from "./held-partition.ts";
import type { LaneWork } from "./lane-work.ts";

/** What a parked event is handled with, by itself: there is nothing to take, and no checkpoint to move. */
export class WorkAside implements LaneWork {
  readonly isHeld = false;
  readonly isDry = true;
  readonly #held: HeldPartition;
  readonly #step: ClosingStep;
  #isClosed = false;

  /** @param step what a transaction of the handler is committed with. */
  constructor(held: HeldPartition, step: ClosingStep) {
    this.#held = held;
    this.#step = step;
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

  /** Whether the step was taken. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  async transact(_: readonly Entry[], work: (transaction: object) => Promise<void>): Promise<void> {
    await this.#held.host.transactions.run(this.subscription, { step: this.#step, work });
    this.#isClosed = true;
  }

  describe(): PartitionMessage {
    return this.#held.describe();
  }

  take(): undefined {}

  takeNext(): undefined {}

  passOver(): boolean {
    return false;
  }

  release(): void {}

  finish(): void {}

  noteFailure(): void {}

  async giveUp(): Promise<void> {}

  async rest(): Promise<void> {}

  async waitForWork(): Promise<void> {}

  async waitForMore(): Promise<void> {}

  async save(): Promise<void> {}
}
