import type { Checkpoint } from "../storage/checkpoint.ts";
import type { HeldPartition } from "./held-partition.ts";

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
  #saving: Promise<void> | undefined;

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

  /** Saves at once, and waits for nothing. */
  saveSoon(): void {
    this.saveNow().catch((error: unknown) => {
      if (!this.#held.hasEnded) this.#held.host.fail(error);
    });
  }

  /** Saves, until what is stored is where the lane was at the time of the call. */
  async saveNow(): Promise<void> {
    await this.#saving;
    this.#saving ??= this.#save().finally(() => {
      this.#saving = undefined;
    });
    await this.#saving;
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

  async #save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const checkpoint = this.#current();
    if (this.#held.hasEnded || checkpoint.sequenceNumber <= this.#stored.sequenceNumber) return;
    this.#unsavedEvents = 0;
    const { host, lease } = this.#held;
    const move = { ...lease, was: this.#stored.sequenceNumber, checkpoint };
    const outcome = await this.#held.stored(
      () => host.saver.save(move),
      "A checkpoint could not be saved, and is saved again.",
    );
    if (outcome.kind === "moved") this.#stored = checkpoint;
    else this.#held.end();
  }
}
