import type { Checkpoint } from "../storage/checkpoint.ts";
import type { Repartition } from "../storage/repartition.ts";
import type { LaneEvents } from "./lane-events.ts";

/** How long a lane that is interrupted may work on what comes before something that is done. */
const LONGEST_EVENING_OUT_MS = 5_000;

/** Up to where a lane works: to the fence of a repartition; where it is interrupted, no further than it has begun. */
export class LaneLimit {
  readonly #events: LaneEvents;
  #repartition: Repartition | undefined;
  /** The checkpoint goes no further. */
  #fence = Number.POSITIVE_INFINITY;
  #evenOutUntilMs = Number.POSITIVE_INFINITY;
  #mustWaitForBeat = false;

  constructor(events: LaneEvents) {
    this.#events = events;
  }

  /** Up to where everything is done. */
  get done(): Checkpoint {
    return this.#events.doneWithin(this.#fence);
  }

  /**
   * Where several streams are handled at once, something may be done that lies beyond an event which is not: the next owner would
   * repeat it. So what lies before is handled first, unless it takes too long.
   */
  get mustEvenOut(): boolean {
    return this.#events.isUneven && performance.now() < this.#evenOutUntilMs;
  }

  /** How long it may still take, in milliseconds. */
  get evenOutLeftMs(): number {
    return Math.max(1, this.#evenOutUntilMs - performance.now());
  }

  /** The repartition whose fence was reached, if its owner has to say so. */
  get arrived(): Repartition | undefined {
    const fence = this.#repartition?.fence;
    if (fence === undefined || this.#mustWaitForBeat || this.#events.isUneven) return undefined;
    return this.done.sequenceNumber >= fence ? this.#repartition : undefined;
  }

  /** Takes note of the repartition that a beat has shown. */
  see(repartition: Repartition | undefined): void {
    this.#repartition = repartition;
    this.#mustWaitForBeat = false;
  }

  /** Says nothing of having arrived until a beat has shown the fence, or what else is asked. */
  waitForBeat(): void {
    this.#mustWaitForBeat = true;
  }

  /** Says up to where events are handed out: nothing new where the lane is interrupted, or is to stop at a fence. */
  set(isInterrupted: boolean): void {
    const { furthest } = this.#events;
    this.#fence = Math.max(this.#repartition?.fence ?? Number.POSITIVE_INFINITY, furthest);
    this.#events.setLimit(isInterrupted ? furthest : this.#fence);
    if (!isInterrupted) this.#evenOutUntilMs = Number.POSITIVE_INFINITY;
    else this.#evenOutUntilMs = Math.min(this.#evenOutUntilMs, performance.now() + LONGEST_EVENING_OUT_MS);
  }
}
