import type { ProcessingState } from "../broker/processing-state.ts";
import type { Checkpoint } from "../storage/checkpoint.ts";
import type { SeenPartition } from "../storage/partition.ts";
import type { Repartition } from "../storage/repartition.ts";
import { tellLease } from "../tracing/channels.ts";
import type { LaneEvents } from "./lane-events.ts";
import { type LaneClaim, type LaneParts, lanePartsOf } from "./lane-parts.ts";
import { LaneSteps } from "./lane-steps.ts";

/**
 * One partition on its way through the handler, as long as a node has the lease. Whatever is to be done between two events
 * (requests, the hand-over, a report) waits until nobody is at work, and nobody begins meanwhile.
 */
export class Lane {
  readonly #parts: LaneParts;
  readonly #steps: LaneSteps;
  #isLeaving = false;

  constructor(claim: LaneClaim) {
    this.#parts = lanePartsOf(claim, {
      isShut: () => this.#isShut,
      isLeaving: () => this.#isLeaving,
      pause: () => this.#pause(),
      stop: (error) => this.#stopBroker(error),
    });
    this.#steps = new LaneSteps(this.#parts, () => this.#isInterrupted);
    this.#parts.held.signal.addEventListener("abort", () => this.#end(), { once: true });
  }

  get partition(): number {
    return this.#parts.held.lease.partition;
  }

  /** What was read for it. */
  get events(): LaneEvents {
    return this.#parts.events;
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Up to where everything is done. */
  get done(): Checkpoint {
    return this.#parts.limit.done;
  }

  /** Why it fails now, or is paused; `undefined` when it works, or was paused on request. */
  get error(): string | undefined {
    return this.#parts.health.error;
  }

  /** How many of its events are parked. */
  get parked(): number {
    return this.#parts.parking.count;
  }

  /** How many of its events were skipped for their failures. */
  get skipped(): number {
    return this.#parts.failures.skipped;
  }

  get state(): ProcessingState {
    const { health, verification, failures, events } = this.#parts;
    if (this.#isLeaving) return "stopping";
    if (health.isPaused) return "paused";
    if (!verification.isDone) return health.error === undefined ? "starting" : "failed";
    if (failures.areThere) return "retrying";
    return events.isAtEnd ? "live" : "catching-up";
  }

  /** Works until the partition is given back or lost. */
  async run(): Promise<void> {
    const { held, changes, workers } = this.#parts;
    tellLease(() => ({ kind: "claimed", ...held.describe() }));
    try {
      while (!held.hasEnded && !this.#steps.isOver) {
        const { version } = changes;
        const step = this.#nextStep();
        if (step === undefined) this.#startWork();
        if (step === undefined || workers.areAtWork) await changes.after(version, this.#nextStepInMs());
        else await this.#take(step);
        held.host.progress.notify();
      }
    } catch (error) {
      if (!held.hasEnded) held.host.fail(error);
    } finally {
      this.drop();
    }
  }

  /** Ends it at once: what is at work is told by its signal, and not waited for. Nothing more is saved. */
  drop(): void {
    this.#parts.held.end();
  }

  /** Finishes what is in hand, saves and gives the partition back. */
  leave(): void {
    this.#isLeaving = true;
    this.#parts.limit.set(this.#isInterrupted);
    this.#parts.changes.notify();
  }

  /** Takes note of what a beat saw of the partition. */
  see({ token, requests }: SeenPartition, repartition: Repartition | undefined): void {
    const { held, limit, changes } = this.#parts;
    if (token !== held.lease.token) {
      this.drop();
      return;
    }
    this.#parts.requests.see(requests);
    limit.see(repartition);
    limit.set(this.#isInterrupted);
    changes.notify();
  }

  /** Takes note that its source cannot be read for now. */
  noteSourceFailure(error: unknown): void {
    this.#parts.failures.noteOfSource(error);
  }

  /** Takes note that its source no longer has what was read last: nothing is handled until its checkpoint was verified again. */
  verifyAgain(): void {
    this.#parts.verification.begin();
    this.#parts.changes.notify();
  }

  /** Takes a step, and waits for it no longer than the partition is held: the handler of a replay, or a source, may never answer. */
  async #take(step: () => Promise<void> | void): Promise<void> {
    const { held, changes } = this.#parts;
    let isTaken = false;
    const taken = (async () => step())().finally(() => {
      isTaken = true;
      changes.notify();
    });
    taken.catch(() => {}); // nobody may wait for it any more
    await changes.until(() => isTaken || held.hasEnded);
    if (isTaken) await taken;
  }

  #end(): void {
    const { held, checkpoint, events, changes } = this.#parts;
    if (!this.#steps.isOver) tellLease(() => ({ kind: "lost", ...held.describe() }));
    checkpoint.stop();
    held.host.reader.leave(events);
    changes.notify();
  }

  /** Pauses it, unless another node may do better: that one is given it first, once. */
  #pause(): void {
    const { held, health } = this.#parts;
    const { host, lease } = held;
    const { afterwards } = host.subscription.onFailure;
    if (afterwards !== "pause" || health.wasOffered || !host.areOthersAtWork()) {
      health.pause();
      return;
    }
    health.offer();
    this.#isLeaving = true;
    host.noteOffer(lease.partition);
  }

  #stopBroker(error: unknown): void {
    this.#isLeaving = true;
    this.#parts.held.host.fail(error);
  }

  get #isShut(): boolean {
    return !this.#isAble || (this.#isInterrupted && !this.#mustEvenOut);
  }

  /** Whether anything may be started at all. */
  get #isAble(): boolean {
    const { held, verification, health } = this.#parts;
    return verification.isDone && !health.isPaused && held.host.isCurrent();
  }

  /** Whether something is asked of the lane that has to wait until nobody is at work. */
  get #isInterrupted(): boolean {
    return this.#isLeaving || this.#parts.requests.next !== undefined;
  }

  get #mustEvenOut(): boolean {
    return this.#parts.limit.mustEvenOut && !this.#parts.failures.areThere;
  }

  /** What is to be done while nobody is at work; nothing is begun before it. */
  #nextStep(): (() => Promise<void> | void) | undefined {
    const { workers, health, requests, verification, limit } = this.#parts;
    const { mustPutBack } = workers;
    if (health.isUnreported) return () => this.#steps.report();
    if (this.#isInterrupted && this.#isAble && !mustPutBack && this.#mustEvenOut) return undefined;
    if (this.#isLeaving) return () => this.#steps.handOver();
    const request = requests.next;
    if (request !== undefined) return requests.mayBegin ? () => this.#steps.carryOut(request) : undefined;
    if (!verification.isDone) return verification.dueInMs > 0 ? undefined : () => this.#steps.verify();
    if (mustPutBack) return () => workers.putBack();
    const { arrived } = limit;
    if (arrived !== undefined && !health.isPaused) return () => this.#steps.arrive(arrived);
    return undefined;
  }

  /** When to look again though nothing has changed. */
  #nextStepInMs(): number | undefined {
    const { limit, verification } = this.#parts;
    if (this.#isInterrupted) return this.#mustEvenOut ? limit.evenOutLeftMs : undefined;
    return verification.isDone ? undefined : Math.max(1, verification.dueInMs);
  }

  #startWork(): void {
    const { workers, events, checkpoint } = this.#parts;
    workers.start();
    if (events.isEmpty && events.isAtEnd && checkpoint.hasUnsavedEvents) checkpoint.saveSoon();
  }
}
