import type { Entry } from "./backlog.ts";
import type { HeldPartition } from "./held-partition.ts";
import type { LaneHealth } from "./lane-health.ts";
import type { LaneParking } from "./lane-parking.ts";

/** What becomes of an event that was tried in vain: it is done with, or the partition pauses before it, or the broker stops. */
export type GivenUp = "done" | "pause" | "stop";

/** Knows what fails in a lane now, and does with what fails in vain what the policy of its subscription says. */
export class LaneFailures {
  readonly #held: HeldPartition;
  readonly #health: LaneHealth;
  readonly #parking: LaneParking;
  /** `undefined` stands for the source, and for a handler that failed before it took an event. */
  readonly #failing = new Set<Entry | undefined>();
  #skipped = 0;

  constructor(
    held: HeldPartition,
    { health, parking }: { readonly health: LaneHealth; readonly parking: LaneParking },
  ) {
    this.#held = held;
    this.#health = health;
    this.#parking = parking;
  }

  /** Whether something fails and is tried again. */
  get areThere(): boolean {
    return this.#failing.size > 0;
  }

  /** How many events were skipped. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Takes note that the source cannot be read for now; its reader tells of it. */
  noteOfSource(error: unknown): void {
    this.#health.noteError(error);
    this.#failing.add(undefined);
  }

  /** Takes note that a handler failed and is tried again. */
  note(entry: Entry | undefined, error: unknown): void {
    this.#health.noteError(error);
    this.#failing.add(entry);
    this.#held.tell(error, "A handler failed, and is tried again.");
    this.#held.host.progress.notify();
  }

  /** Takes note that an event was handled, and so that handlers work. */
  forget(entry: Entry): void {
    if (!this.areThere) return;
    const hasFailed = this.#failing.delete(entry);
    if (this.#failing.delete(undefined) || hasFailed) this.#noteEnd();
  }

  /** Takes note that the source was read, and all is done. */
  forgetSource(): void {
    if (this.#failing.delete(undefined)) this.#noteEnd();
  }

  /** Takes note that the lane begins anew. */
  forgetAll(): void {
    this.#failing.clear();
  }

  /** Does what the policy says. */
  async giveUp(entry: Entry, error: unknown): Promise<GivenUp> {
    const { afterwards } = this.#held.host.subscription.onFailure;
    this.#health.noteError(error);
    this.#failing.add(entry);
    this.#held.tell(error, `A handler failed in every try; the policy now says "${afterwards}".`);
    switch (afterwards) {
      case "park":
      case "park-stream":
        if (this.#parking.isFull) return this.#leave(entry, "pause");
        await this.#parking.park(entry, { error, isWholeStream: afterwards === "park-stream" });
        return "done";
      case "skip":
        this.#skipped += 1;
        return "done";
      default:
        return this.#leave(entry, afterwards);
    }
  }

  /** It is not tried until it is begun anew. */
  #leave(entry: Entry, givenUp: GivenUp): GivenUp {
    this.#failing.delete(entry);
    return givenUp;
  }

  #noteEnd(): void {
    if (!this.areThere) this.#health.noteWorking();
  }
}
