import type { ProcessingState } from "../broker/processing-state.ts";
import type { Checkpoint } from "../storage/checkpoint.ts";
import type { ClaimedPartition, SeenPartition } from "../storage/partition.ts";
import type { WaitingRequest } from "../storage/partition-request.ts";
import type { Repartition } from "../storage/repartition.ts";
import { tellLease } from "../tracing/channels.ts";
import { Changes } from "./changes.ts";
import { HeldPartition } from "./held-partition.ts";
import { LaneCheckpoint } from "./lane-checkpoint.ts";
import { LaneEvents } from "./lane-events.ts";
import { LaneFailures } from "./lane-failures.ts";
import { LaneHealth } from "./lane-health.ts";
import type { LaneHost } from "./lane-host.ts";
import { LaneLimit } from "./lane-limit.ts";
import { LaneParking } from "./lane-parking.ts";
import { LaneRequests } from "./lane-requests.ts";
import { LaneVerification } from "./lane-verification.ts";
import { LaneWorkers } from "./lane-workers.ts";
import { workerFor } from "./worker-for.ts";

/**
 * One partition on its way through the handler, as long as a node has the lease. Whatever is to be done between two events
 * (requests, the hand-over, a report) waits until nobody is at work, and nobody begins meanwhile.
 */
export class Lane {
  /** What was read for it. */
  readonly events: LaneEvents;
  readonly #held: HeldPartition;
  readonly #changes = new Changes();
  readonly #health: LaneHealth;
  readonly #verification: LaneVerification;
  readonly #requests: LaneRequests;
  readonly #limit: LaneLimit;
  readonly #checkpoint: LaneCheckpoint;
  readonly #parking: LaneParking;
  readonly #failures: LaneFailures;
  readonly #workers: LaneWorkers;
  #isLeaving = false;
  #isOver = false;

  constructor(host: LaneHost, claimed: ClaimedPartition, partitions: number) {
    const held = new HeldPartition(host, claimed, partitions);
    const { checkpoint: stored, requests: waiting } = claimed;
    const worker = workerFor(host.subscription);
    const events = new LaneEvents({
      held,
      checkpoint: stored,
      isHeld: () => this.#workers.isHeld,
      onRead: () => this.#noteRead(),
    });
    const health = new LaneHealth(held, claimed);
    const parking = new LaneParking(held);
    const failures = new LaneFailures(held, { health, parking });
    const checkpoint = new LaneCheckpoint(held, { stored, current: () => this.done });
    this.#held = held;
    this.#health = health;
    this.#parking = parking;
    this.#failures = failures;
    this.#checkpoint = checkpoint;
    this.events = events;
    this.#limit = new LaneLimit(events);
    this.#verification = new LaneVerification(held, { health, parking });
    this.#requests = new LaneRequests(held, { waiting, worker, events });
    this.#workers = new LaneWorkers(held, {
      worker,
      events,
      checkpoint,
      parking,
      failures,
      health,
      changes: this.#changes,
      isShut: () => this.#isShut,
      pause: () => this.#pause(),
      stop: (error) => this.#stopBroker(error),
    });
    held.signal.addEventListener("abort", () => this.#end(), { once: true });
  }

  get partition(): number {
    return this.#held.lease.partition;
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Up to where everything is done. */
  get done(): Checkpoint {
    return this.#limit.done;
  }

  /** Why its handler fails, or it is paused; the last one. */
  get error(): string | undefined {
    return this.#health.error;
  }

  /** How many of its events are parked. */
  get parked(): number {
    return this.#parking.count;
  }

  /** How many of its events were skipped for their failures. */
  get skipped(): number {
    return this.#failures.skipped;
  }

  get state(): ProcessingState {
    if (this.#isLeaving) return "stopping";
    if (this.#health.isPaused) return "paused";
    if (!this.#verification.isDone) return this.error === undefined ? "starting" : "failed";
    if (this.#failures.areThere) return "retrying";
    return this.events.isAtEnd ? "live" : "catching-up";
  }

  /** Works until the partition is given back or lost. */
  async run(): Promise<void> {
    this.#tellLease("claimed");
    try {
      while (!this.#held.hasEnded && !this.#isOver) {
        const { version } = this.#changes;
        const step = this.#nextStep();
        if (step === undefined) this.#startWork();
        if (step === undefined || this.#workers.areAtWork) await this.#changes.after(version, this.#nextStepInMs());
        else await step();
        this.#held.host.progress.notify();
      }
    } catch (error) {
      if (!this.#held.hasEnded) this.#held.host.fail(error);
    } finally {
      this.drop();
    }
  }

  /** Ends it at once: what is at work is told by its signal, and not waited for. Nothing more is saved. */
  drop(): void {
    this.#held.end();
  }

  /** Finishes what is in hand, saves and gives the partition back. */
  leave(): void {
    this.#isLeaving = true;
    this.#limit.set(this.#isInterrupted);
    this.#changes.notify();
  }

  /** Takes note of what a beat saw of the partition. */
  see({ token, requests }: SeenPartition, repartition: Repartition | undefined): void {
    if (token !== this.#held.lease.token) {
      this.drop();
      return;
    }
    this.#requests.see(requests);
    this.#limit.see(repartition);
    this.#limit.set(this.#isInterrupted);
    this.#changes.notify();
  }

  /** Takes note that its source cannot be read for now. */
  noteSourceFailure(error: unknown): void {
    this.#failures.noteOfSource(error);
  }

  /** Takes note that its source has not any more what was read last: nothing is handled until its checkpoint was verified again. */
  verifyAgain(): void {
    this.#verification.begin();
    this.#changes.notify();
  }

  #end(): void {
    if (!this.#isOver) this.#tellLease("lost");
    this.#checkpoint.stop();
    this.#held.host.reader.leave(this.events);
    this.#changes.notify();
  }

  #endReleased(): void {
    this.#isOver = true;
    this.#tellLease("released");
  }

  #tellLease(kind: "claimed" | "released" | "lost"): void {
    tellLease(() => ({ kind, ...this.#held.describe() }));
  }

  #noteRead(): void {
    if (this.events.isEmpty) {
      this.#failures.forgetSource();
      this.#checkpoint.saveLater();
    }
    this.#changes.notify();
  }

  /** Pauses it, unless another node may do better: that one is given it first, once. */
  #pause(): void {
    const { host, lease } = this.#held;
    const { afterwards } = host.subscription.onFailure;
    if (afterwards !== "pause" || this.#health.wasOffered || !host.areOthersAtWork()) {
      this.#health.pause();
      return;
    }
    this.#health.offer();
    this.#isLeaving = true;
    host.noteOffer(lease.partition);
  }

  #stopBroker(error: unknown): void {
    this.#isLeaving = true;
    this.#held.host.fail(error);
  }

  get #isShut(): boolean {
    return !this.#isAble || (this.#isInterrupted && !this.#mustEvenOut);
  }

  /** Whether anything may be started at all. */
  get #isAble(): boolean {
    return this.#verification.isDone && !this.#health.isPaused && this.#held.host.isCurrent();
  }

  /** Whether something is asked of the lane that has to wait until nobody is at work. */
  get #isInterrupted(): boolean {
    return this.#isLeaving || this.#requests.next !== undefined;
  }

  get #mustEvenOut(): boolean {
    return this.#limit.mustEvenOut && !this.#failures.areThere;
  }

  /** What is to be done while nobody is at work; nothing is begun before it. */
  #nextStep(): (() => Promise<void> | void) | undefined {
    const { mustPutBack } = this.#workers;
    if (this.#health.isUnreported) return () => this.#report();
    if (this.#isInterrupted && this.#isAble && !mustPutBack && this.#mustEvenOut) return undefined;
    if (this.#isLeaving) return () => this.#handOver();
    const request = this.#requests.next;
    if (request !== undefined) return () => this.#carryOut(request);
    if (!this.#verification.isDone) return this.#verification.dueInMs > 0 ? undefined : () => this.#verify();
    if (mustPutBack) return () => this.#workers.putBack();
    const { arrived } = this.#limit;
    if (arrived !== undefined && !this.#health.isPaused) return () => this.#arrive(arrived);
    return undefined;
  }

  /** When to look again though nothing has changed. */
  #nextStepInMs(): number | undefined {
    if (this.#isInterrupted) return this.#mustEvenOut ? this.#limit.evenOutLeftMs : undefined;
    return this.#verification.isDone ? undefined : Math.max(1, this.#verification.dueInMs);
  }

  #startWork(): void {
    this.#workers.start();
    if (this.events.isEmpty && this.#checkpoint.hasUnsavedEvents) this.#checkpoint.saveSoon();
  }

  async #report(): Promise<void> {
    await this.#checkpoint.saveNow();
    await this.#health.report();
  }

  async #handOver(): Promise<void> {
    const { host, lease } = this.#held;
    await this.#checkpoint.saveNow();
    host.reader.leave(this.events);
    await this.#held.stored(() => host.storage.release([lease]));
    this.#endReleased();
  }

  async #verify(): Promise<void> {
    const { done } = this;
    const { lastDone } = this.events;
    await this.#verification.run(done.sequenceNumber === lastDone.sequenceNumber ? [done] : [lastDone, done]);
    if (!this.#verification.isDone || this.#held.hasEnded) return;
    this.events.beginAt(done); // what was read from another log is not of this one
    this.#limit.set(this.#isInterrupted);
    this.#held.host.reader.join(this.events);
  }

  async #carryOut(waiting: WaitingRequest): Promise<void> {
    const { request } = waiting;
    this.#workers.putBack();
    await this.#checkpoint.saveNow();
    const outcome = await this.#requests.carryOut(waiting);
    if (outcome.kind === "lost") return;
    this.#health.setPaused(outcome.isPaused);
    this.#limit.set(this.#isInterrupted);
    if (request.kind === "resume") {
      this.#health.forgetError();
      this.events.forgetFailures();
    }
    if (request.kind === "reset") return this.#beginAt(outcome.checkpoint);
    if (request.kind === "drop" || request.kind === "replay") await this.#parking.load();
  }

  #beginAt(checkpoint: Checkpoint): void {
    this.#held.host.reader.leave(this.events);
    this.events.beginAt(checkpoint);
    this.#failures.forgetAll();
    this.#limit.set(this.#isInterrupted);
    this.#checkpoint.replace(checkpoint);
    this.#verification.begin();
  }

  async #arrive({ id }: Repartition): Promise<void> {
    const { host, lease } = this.#held;
    await this.#checkpoint.saveNow();
    const outcome = await this.#held.stored(() => host.storage.arrive({ ...lease, id }));
    if (outcome.kind === "arrived") this.#endReleased();
    if (outcome.kind === "lost") this.drop();
    if (outcome.kind === "early") this.#limit.waitForBeat();
    host.wakeNode();
  }
}
