import { CheckpointAheadOfLogError } from "../errors/checkpoint-ahead-of-log-error.ts";
import type { Checkpoint } from "../storage/checkpoint.ts";
import { hasReached } from "./checkpoint-check.ts";
import type { HeldPartition } from "./held-partition.ts";
import type { LaneHealth } from "./lane-health.ts";
import type { LaneParking } from "./lane-parking.ts";

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;

/** Finds out whether the log is the one that a checkpoint is of, before anything is handled; ever more slowly while it is not. */
export class LaneVerification {
  readonly #held: HeldPartition;
  readonly #health: LaneHealth;
  readonly #parking: LaneParking;
  #isDone = false;
  #dueMs = 0;
  #waitMs = FIRST_WAIT_MS;

  constructor(
    held: HeldPartition,
    { health, parking }: { readonly health: LaneHealth; readonly parking: LaneParking },
  ) {
    this.#held = held;
    this.#health = health;
    this.#parking = parking;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** In how many milliseconds it is to be tried; 0: now. */
  get dueInMs(): number {
    return Math.max(0, this.#dueMs - performance.now());
  }

  /** Requires another verification, because the checkpoint was replaced. */
  begin(): void {
    this.#isDone = false;
    this.#dueMs = 0;
  }

  /** Checks checkpoints, and learns what is parked beyond them. What fails is told, and tried again later. */
  async run(checkpoints: readonly Checkpoint[]): Promise<void> {
    try {
      for (const checkpoint of checkpoints) await this.#check(checkpoint);
      await this.#parking.load();
      this.#health.recover();
      this.#waitMs = FIRST_WAIT_MS;
      this.#isDone = true;
    } catch (error) {
      this.#health.fail(error);
      this.#dueMs = performance.now() + this.#waitMs;
      this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
      this.#held.tell(error, `A partition of ${this.#held.host.subscription.name} cannot begin, and is tried again.`);
    }
  }

  async #check(checkpoint: Checkpoint): Promise<void> {
    const { host, lease } = this.#held;
    const { name, source } = host.subscription;
    if (await hasReached(source, checkpoint)) return;
    throw new CheckpointAheadOfLogError({ subscription: name, partition: lease.partition, ...checkpoint });
  }
}
