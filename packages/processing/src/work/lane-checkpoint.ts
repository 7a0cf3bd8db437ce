import type { Checkpoint } from "../storage/checkpoint.ts";
import type { PartitionLease } from "../storage/partition-lease.ts";
import type { LaneHost } from "./lane-host.ts";
import { repeatUntilStored } from "./repeated-call.ts";

/** What the checkpoint of a lane is kept by. */
export interface LaneCheckpointOptions {
  readonly host: LaneHost;
  readonly lease: PartitionLease;
  readonly stored: Checkpoint;
  /** Up to where the lane is done now. */
  readonly current: () => Checkpoint;
  /** Aborted when the lane is lost. */
  readonly signal: AbortSignal;
  /** The partition has another owner. */
  readonly onLost: () => void;
}

/** The stored checkpoint of a lane: saved after so many events, after so long, and whenever the lane asks. */
export class LaneCheckpoint {
  readonly #options: LaneCheckpointOptions;
  #stored: Checkpoint;
  #unsavedEvents = 0;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> | undefined;

  constructor(options: LaneCheckpointOptions) {
    this.#options = options;
    this.#stored = options.stored;
  }

  /** Whether events are done that the stored checkpoint does not cover. */
  get hasUnsavedEvents(): boolean {
    return this.#unsavedEvents > 0;
  }

  /** Takes note that an event is done. */
  countEvent(): void {
    this.#unsavedEvents += 1;
    if (this.#unsavedEvents >= this.#options.host.subscription.checkpoint.everyEvents) this.saveSoon();
    else this.saveLater();
  }

  /** Saves when `everyMs` has passed. */
  saveLater(): void {
    this.#timer ??= setTimeout(() => this.saveSoon(), this.#options.host.subscription.checkpoint.everyMs);
  }

  /** Saves at once, and waits for nothing. */
  saveSoon(): void {
    this.saveNow().catch((error: unknown) => {
      if (!this.#options.signal.aborted) this.#options.host.fail(error);
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
    const { host, lease, current, signal, onLost } = this.#options;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const checkpoint = current();
    if (signal.aborted || checkpoint.sequenceNumber <= this.#stored.sequenceNumber) return;
    this.#unsavedEvents = 0;
    const move = { ...lease, was: this.#stored.sequenceNumber, checkpoint };
    const outcome = await repeatUntilStored(() => host.saver.save(move), {
      signal,
      onFailure: (error) => host.tell(error, "A checkpoint could not be saved, and is saved again.", lease.partition),
    });
    if (outcome.kind === "moved") this.#stored = checkpoint;
    else onLost();
  }
}
