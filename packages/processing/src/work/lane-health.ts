import type { ClaimedPartition } from "../storage/partition.ts";
import { errorTextOf } from "./error-text.ts";
import type { HeldPartition } from "./held-partition.ts";

/** Whether a partition is paused, what failed in it last, and whether the storage knows. */
export class LaneHealth {
  readonly #held: HeldPartition;
  #isPaused: boolean;
  #error: string | undefined;
  /** Whether another node has failed with it, and has given it up. */
  #wasOffered: boolean;
  #isUnreported = false;

  constructor(held: HeldPartition, { isPaused, error }: Pick<ClaimedPartition, "isPaused" | "error">) {
    this.#held = held;
    this.#isPaused = isPaused;
    this.#error = error;
    this.#wasOffered = !isPaused && error !== undefined;
  }

  /** Whether nothing is handled until the partition is resumed. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Why it fails now, or is paused; `undefined` when it works, or was paused on request. */
  get error(): string | undefined {
    return this.#error;
  }

  /** Whether the storage has to be told. */
  get isUnreported(): boolean {
    return this.#isUnreported;
  }

  /** Takes note of what failed; the storage need not know. */
  noteError(error: unknown): void {
    this.#error = errorTextOf(error);
  }

  /** Takes note of what keeps the partition from beginning. */
  fail(error: unknown): void {
    this.noteError(error);
    this.#isUnreported = true;
  }

  /** Whether another node failed with the partition too, and nothing of it was handled since. */
  get wasOffered(): boolean {
    return this.#wasOffered;
  }

  /** Takes note that an event was handled. */
  noteSuccess(): void {
    if (!this.#wasOffered || this.#isPaused) return;
    this.#wasOffered = false;
    this.#error = undefined;
    this.#isUnreported = true;
  }

  /** Lets the next owner know that the partition failed here. */
  offer(): void {
    this.#isUnreported = true;
  }

  /** Lets the partition handle nothing more until it is resumed. */
  pause(): void {
    this.#isPaused = true;
    this.#isUnreported = true;
  }

  /** Forgets what kept the partition from working, unless it is paused for it. */
  recover(): void {
    if (this.#isPaused || this.#error === undefined) return;
    this.#error = undefined;
    if (!this.#wasOffered) this.#isUnreported = true;
  }

  /** Takes over what the storage has by now. What failed before is not why a partition is paused on request. */
  setPaused(isPaused: boolean): void {
    if (isPaused && !this.#isPaused) {
      this.#error = undefined;
      if (this.#wasOffered) this.#isUnreported = true;
      this.#wasOffered = false;
    }
    this.#isPaused = isPaused;
  }

  /** Takes note that nothing fails any more; why it is paused stays. */
  noteWorking(): void {
    if (!this.#isPaused) this.#error = undefined;
  }

  /** Takes note that the storage has forgotten the error. */
  forgetError(): void {
    this.#error = undefined;
  }

  /** Tells the storage. */
  async report(): Promise<void> {
    const { host, lease } = this.#held;
    const report = { ...lease, isPaused: this.#isPaused, error: this.#error };
    const outcome = await this.#held.stored(() => host.storage.report(report));
    this.#isUnreported = false;
    if (outcome.kind === "lost") this.#held.end();
  }
}
