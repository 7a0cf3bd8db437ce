import type { ParkedSelection } from "../storage/parked-event.ts";
import type { CarryOutOutcome, WaitingRequest } from "../storage/partition-request.ts";
import type { HeldPartition } from "./held-partition.ts";
import type { LaneEvents } from "./lane-events.ts";
import { replayParked } from "./replay.ts";
import type { Worker } from "./worker.ts";

/** What a lane replays its parked events with. */
export interface LaneRequestsOptions {
  readonly waiting: readonly WaitingRequest[];
  readonly worker: Worker;
  readonly events: LaneEvents;
  /** Whether the partition is to be given back: a replay ends before its next event. */
  readonly isLeaving: () => boolean;
}

/** What a partition was asked to do, one thing after the other. */
export class LaneRequests {
  readonly #held: HeldPartition;
  readonly #worker: Worker;
  readonly #events: LaneEvents;
  readonly #isLeaving: () => boolean;
  /** A beat that was sent before may show them still. */
  readonly #carriedOut = new Set<string>();
  #waiting: readonly WaitingRequest[];

  constructor(held: HeldPartition, { waiting, worker, events, isLeaving }: LaneRequestsOptions) {
    this.#held = held;
    this.#worker = worker;
    this.#events = events;
    this.#isLeaving = isLeaving;
    this.#waiting = waiting;
  }

  /** What is to be done first. */
  get next(): WaitingRequest | undefined {
    return this.#waiting[0];
  }

  /** Takes note of what a beat saw waiting. */
  see(waiting: readonly WaitingRequest[]): void {
    this.#waiting = waiting.filter(({ id }) => !this.#carriedOut.has(id));
  }

  /** Whether the first may be carried out now: a replay calls handlers. */
  get mayBegin(): boolean {
    return this.next?.request.kind !== "replay" || this.#held.mayStart;
  }

  /**
   * Replays what a request wants replayed, and takes it off the list. Where the partition has another owner by now, its hold ends.
   *
   * @returns what became of it; `undefined` when its replay was interrupted, and it waits still.
   */
  async carryOut({ id, request }: WaitingRequest): Promise<CarryOutOutcome | undefined> {
    const { host, lease } = this.#held;
    this.#worker.forget?.(); // who has asked for something may change what is stored
    if (request.kind === "replay" && !(await this.#held.stored(() => this.#replay(request.parked)))) return undefined;
    const outcome = await this.#held.stored(() => host.storage.carryOut({ ...lease, id }));
    if (outcome.kind === "lost") this.#held.end();
    this.#carriedOut.add(id);
    this.#waiting = this.#waiting.filter((waiting) => waiting.id !== id);
    return outcome;
  }

  async #replay(selection: ParkedSelection): Promise<boolean> {
    const isLeaving = this.#isLeaving;
    return replayParked({ held: this.#held, worker: this.#worker, events: this.#events, selection, isLeaving });
  }
}
