import { Turns } from "@eventfold/store/adapter";
import type { Checkpoint, CheckpointMove } from "../storage/checkpoint.ts";
import { type CheckpointMessage, traceCheckpoint } from "../tracing/channels.ts";
import type { HeldPartition } from "./held-partition.ts";
import { mayBeStored } from "./may-be-stored.ts";

/** What the checkpoint of a lane is kept by. */
export interface LaneCheckpointOptions {
  readonly stored: Checkpoint;
  /** Up to where the lane is done now. */
  readonly current: () => Checkpoint;
}

/** The stored checkpoint of a lane: saved after so many events, after so long, and whenever the lane asks. */
export class LaneCheckpoint {
  readonly #held: HeldPartition;
  readonly #current: () => Checkpoint;
  #stored: Checkpoint;
  #unsavedEvents = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Of those who write it. */
  readonly #turns = new Turns();
  /** The save that has not begun yet. */
  #nextSave: Promise<void> | undefined;

  constructor(held: HeldPartition, { stored, current }: LaneCheckpointOptions) {
    this.#held = held;
    this.#current = current;
    this.#stored = stored;
  }

  /** Whether events are done that the stored checkpoint does not cover. */
  get hasUnsavedEvents(): boolean {
    return this.#unsavedEvents > 0;
  }

  /** Takes note that an event is done. */
  countEvent(): void {
    this.#unsavedEvents += 1;
    if (this.#unsavedEvents >= this.#held.host.subscription.checkpoint.everyEvents) this.saveSoon();
    else this.saveLater();
  }

  /** Saves when `everyMs` has passed. */
  saveLater(): void {
    this.#timer ??= setTimeout(() => this.saveSoon(), this.#held.host.subscription.checkpoint.everyMs);
  }

  /** Saves at once, and waits for nothing. A save that has not begun yet will do. */
  saveSoon(): void {
    if (this.#nextSave !== undefined) return;
    this.saveNow().catch((error: unknown) => {
      if (!this.#held.hasEnded) this.#held.host.fail(error);
    });
  }

  /** Saves, until what is stored is where the lane was at the time of the call. */
  async saveNow(): Promise<void> {
    this.#nextSave ??= this.#turns.take(async () => {
      await undefined; // or it would be taken for the next one when it is the first in line
      this.#nextSave = undefined;
      await this.#save();
    });
    await this.#nextSave;
  }

  /**
   * Lets something else move it, together with what it stores, and saves nothing meanwhile. If the reply is lost the row tells what
   * happened: nobody else moves the checkpoint under this token.
   *
   * @throws what `store` rejects with, when nothing was stored.
   */
  async moveBy(checkpoint: Checkpoint, store: (move: CheckpointMove) => Promise<void>): Promise<void> {
    await this.#turns.take(async () => {
      const move = { ...this.#held.lease, was: this.#stored.sequenceNumber, checkpoint };
      try {
        await traceCheckpoint(
          () => this.#describe(move, true),
          () => store(move),
        );
      } catch (error) {
        if (!mayBeStored(error) || !(await this.#isMoved(move))) throw error;
      }
      this.replace(checkpoint);
    });
  }

  /** Takes another checkpoint for what is stored: the partition was reset. */
  replace(stored: Checkpoint): void {
    this.#stored = stored;
    this.#unsavedEvents = 0;
  }

  /** Saves nothing more by itself. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #describe({ was: from, checkpoint }: CheckpointMove, isInTransaction: boolean): CheckpointMessage {
    return { ...this.#held.describe(), from, to: checkpoint.sequenceNumber, isInTransaction };
  }

  async #isMoved({ partition, token, was, checkpoint }: CheckpointMove): Promise<boolean> {
    const { host } = this.#held;
    const status = await this.#held.stored(() => host.storage.status({ names: [host.subscription.name] }));
    const row = status.subscriptions[0]?.status.find((stored) => stored.partition === partition);
    const stored = row?.token === token ? row.checkpoint.sequenceNumber : undefined;
    if (stored === checkpoint.sequenceNumber) return true;
    if (stored !== was) this.#held.end();
    return false;
  }

  async #save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const checkpoint = this.#current();
    if (this.#held.hasEnded || checkpoint.sequenceNumber <= this.#stored.sequenceNumber) return;
    this.#unsavedEvents = 0;
    const { host, lease } = this.#held;
    const move = { ...lease, was: this.#stored.sequenceNumber, checkpoint };
    const outcome = await this.#held.stored(
      () =>
        traceCheckpoint(
          () => this.#describe(move, false),
          () => host.saver.save(move),
        ),
      "A checkpoint could not be saved, and is saved again.",
    );
    if (outcome.kind === "moved") this.#stored = checkpoint;
    else this.#held.end();
  }
}
