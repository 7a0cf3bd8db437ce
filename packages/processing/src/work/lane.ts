import type { ProcessingState } from "../broker/processing-state.ts";
import { CheckpointAheadOfLogError } from "../errors/checkpoint-ahead-of-log-error.ts";
import type { Checkpoint } from "../storage/checkpoint.ts";
import type { ParkedSelection } from "../storage/parked-event.ts";
import type { ClaimedPartition, SeenPartition } from "../storage/partition.ts";
import type { PartitionLease } from "../storage/partition-lease.ts";
import type { WaitingRequest } from "../storage/partition-request.ts";
import type { Repartition } from "../storage/repartition.ts";
import { Changes } from "./changes.ts";
import { hasReached } from "./checkpoint-check.ts";
import { errorTextOf } from "./error-text.ts";
import { LaneCheckpoint } from "./lane-checkpoint.ts";
import { type LaneControl, LaneEvents } from "./lane-events.ts";
import type { LaneHost } from "./lane-host.ts";
import { repeatUntilStored } from "./repeated-call.ts";
import { replayParked } from "./replay.ts";
import type { Worker } from "./worker.ts";
import { workerFor } from "./worker-for.ts";

/** How long a lane that is interrupted may work on what comes before something that is done. */
const LONGEST_EVENING_OUT_MS = 5_000;

const FIRST_VERIFICATION_MS = 250;
const LONGEST_VERIFICATION_MS = 30_000;

/**
 * One partition on its way through the handler, as long as a node has the lease. Whatever is to be done between two events
 * (requests, the hand-over, a report) waits until nobody is at work, and nobody begins meanwhile.
 */
export class Lane {
  /** Its events. */
  readonly events: LaneEvents;
  readonly #host: LaneHost;
  readonly #worker: Worker;
  readonly #lease: PartitionLease;
  readonly #changes = new Changes();
  readonly #end = new AbortController();
  readonly #checkpoint: LaneCheckpoint;
  readonly #carriedOut = new Set<string>();
  #requests: readonly WaitingRequest[];
  #repartition: Repartition | undefined;
  #isPaused: boolean;
  #error: string | undefined;
  /** What the storage does not know yet of the two above. */
  #isUnreported = false;
  #isVerified = false;
  #verificationDueMs = 0;
  #verificationWaitMs = FIRST_VERIFICATION_MS;
  #isLeaving = false;
  #evenOutUntilMs = Number.POSITIVE_INFINITY;
  /** The checkpoint goes no further. */
  #fence = Number.POSITIVE_INFINITY;
  #isOver = false;
  #mustWaitForBeat = false;

  constructor(host: LaneHost, claimed: ClaimedPartition, partitions: number) {
    const { subscription, partition, token, checkpoint, isPaused, error, requests } = claimed;
    const { signal } = this.#end;
    this.#host = host;
    this.#worker = workerFor(host.subscription);
    this.#lease = { subscription, partition, token };
    this.#requests = requests;
    this.#isPaused = isPaused;
    this.#error = error;
    const own = { host, lease: this.#lease, signal };
    const onLost = () => this.drop();
    this.#checkpoint = new LaneCheckpoint({ ...own, stored: checkpoint, current: () => this.done, onLost });
    const shared = { worker: this.#worker, changes: this.#changes, control: this.#control() };
    this.events = new LaneEvents({ ...own, ...shared, partitions, checkpoint });
  }

  get partition(): number {
    return this.#lease.partition;
  }

  /** Whether the partition was given back, or lost. */
  get hasEnded(): boolean {
    return this.#end.signal.aborted;
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Up to where everything is done. */
  get done(): Checkpoint {
    return this.events.doneWithin(this.#fence);
  }

  /** Why its handler fails, or it is paused; the last one. */
  get error(): string | undefined {
    return this.#error;
  }

  get state(): ProcessingState {
    if (this.#isLeaving) return "stopping";
    if (this.#isPaused) return "paused";
    if (!this.#isVerified) return this.#error === undefined ? "starting" : "failed";
    if (this.events.isFailing) return "retrying";
    return this.events.isAtEnd ? "live" : "catching-up";
  }

  /** Works until the partition is given back or lost. */
  async run(): Promise<void> {
    try {
      while (!this.hasEnded && !this.#isOver) {
        const { version } = this.#changes;
        const step = this.#nextStep();
        if (step === undefined) this.#startWork();
        if (step === undefined || this.events.isAtWork) await this.#changes.after(version, this.#nextStepInMs());
        else await step();
        this.#host.progress.notify();
      }
    } catch (error) {
      if (!this.hasEnded) this.#host.fail(error);
    } finally {
      this.drop();
    }
  }

  /** Ends it at once: what is at work is told by its signal, and not waited for. Nothing more is saved. */
  drop(): void {
    this.#end.abort();
    this.#checkpoint.stop();
    this.#host.reader.leave(this.events);
    this.#changes.notify();
  }

  /** Finishes what is in hand, saves and gives the partition back. */
  leave(): void {
    this.#isLeaving = true;
    this.#setLimit();
    this.#changes.notify();
  }

  /** Takes note of what a beat saw of the partition. */
  see({ token, requests }: SeenPartition, repartition: Repartition | undefined): void {
    if (token !== this.#lease.token) {
      this.drop();
      return;
    }
    this.#requests = requests.filter(({ id }) => !this.#carriedOut.has(id));
    this.#repartition = repartition;
    this.#setLimit();
    this.#mustWaitForBeat = false;
    this.#changes.notify();
  }

  #control(): LaneControl {
    const isShut = () => this.#isShut;
    return {
      get isShut() {
        return isShut();
      },
      noteError: (error) => {
        this.#error = error;
      },
      countEvent: () => this.#checkpoint.countEvent(),
      moveLater: () => this.#checkpoint.saveLater(),
      pause: () => {
        this.#isPaused = true;
        this.#isUnreported = true;
      },
      stop: (error) => {
        this.#isLeaving = true;
        this.#host.fail(error);
      },
      drop: () => this.drop(),
      save: () => this.#checkpoint.saveNow(),
    };
  }

  get #isShut(): boolean {
    return !this.#isAble || (this.#isInterrupted && !this.#mustEvenOut);
  }

  /** Whether anything may be started at all. */
  get #isAble(): boolean {
    return this.#isVerified && !this.#isPaused && this.#host.isCurrent();
  }

  /** Whether something is asked of the lane that has to wait until nobody is at work. */
  get #isInterrupted(): boolean {
    return this.#isLeaving || this.#requests.length > 0;
  }

  /**
   * Where several streams are handled at once, something may be done that lies beyond an event which is not: the next owner would
   * repeat it. So what lies before is handled first, unless it fails or takes too long.
   */
  get #mustEvenOut(): boolean {
    return this.events.isUneven && !this.events.isFailing && performance.now() < this.#evenOutUntilMs;
  }

  /** Says up to where events are handed out: nothing new where the lane is interrupted, or is to stop at a fence. */
  #setLimit(): void {
    const { furthest } = this.events;
    this.#fence = Math.max(this.#repartition?.fence ?? Number.POSITIVE_INFINITY, furthest);
    this.events.setLimit(this.#isInterrupted ? furthest : this.#fence);
    if (!this.#isInterrupted) this.#evenOutUntilMs = Number.POSITIVE_INFINITY;
    else this.#evenOutUntilMs = Math.min(this.#evenOutUntilMs, performance.now() + LONGEST_EVENING_OUT_MS);
  }

  /** What is to be done while nobody is at work; nothing is begun before it. */
  #nextStep(): (() => Promise<void> | void) | undefined {
    const { mustPutBack } = this.events;
    if (this.#isUnreported) return () => this.#report();
    if (this.#isInterrupted && this.#isAble && !mustPutBack && this.#mustEvenOut) return undefined;
    if (this.#isLeaving) return () => this.#handOver();
    const [request] = this.#requests;
    if (request !== undefined) return () => this.#carryOut(request);
    if (!this.#isVerified) return performance.now() < this.#verificationDueMs ? undefined : () => this.#verify();
    if (mustPutBack) return () => this.events.putBack();
    if (this.#repartition !== undefined && this.#isAtFence(this.#repartition)) {
      const { id } = this.#repartition;
      return () => this.#arrive(id);
    }
    return undefined;
  }

  /** When to look again though nothing has changed. */
  #nextStepInMs(): number | undefined {
    const now = performance.now();
    if (this.#isInterrupted) return this.#mustEvenOut ? Math.max(1, this.#evenOutUntilMs - now) : undefined;
    return this.#isVerified ? undefined : Math.max(1, this.#verificationDueMs - now);
  }

  #startWork(): void {
    this.events.start();
    if (this.events.firstOpen === undefined && this.#checkpoint.hasUnsavedEvents) this.#checkpoint.saveSoon();
  }

  async #report(): Promise<void> {
    await this.#checkpoint.saveNow();
    const report = { ...this.#lease, isPaused: this.#isPaused, error: this.#error };
    const outcome = await this.#stored(() => this.#host.storage.report(report));
    this.#isUnreported = false;
    if (outcome.kind === "lost") this.drop();
  }

  async #handOver(): Promise<void> {
    await this.#checkpoint.saveNow();
    this.#host.reader.leave(this.events);
    await this.#stored(() => this.#host.storage.release([this.#lease]));
    this.#isOver = true;
  }

  async #verify(): Promise<void> {
    const { subscription, reader } = this.#host;
    try {
      await this.#checkCheckpoint();
      await this.events.loadParked();
      if (!this.#isPaused && this.#error !== undefined) {
        this.#error = undefined;
        this.#isUnreported = true;
      }
      this.#verificationWaitMs = FIRST_VERIFICATION_MS;
      this.#isVerified = true;
      if (!this.hasEnded) reader.join(this.events);
    } catch (error) {
      this.#error = errorTextOf(error);
      this.#isUnreported = true;
      this.#verificationDueMs = performance.now() + this.#verificationWaitMs;
      this.#verificationWaitMs = Math.min(LONGEST_VERIFICATION_MS, this.#verificationWaitMs * 2);
      this.#host.tell(error, `A partition of ${subscription.name} cannot begin, and is tried again.`, this.partition);
    }
  }

  async #checkCheckpoint(): Promise<void> {
    const { name, source } = this.#host.subscription;
    const { done, partition } = this;
    if (await hasReached(source, done)) return;
    throw new CheckpointAheadOfLogError({ subscription: name, partition, ...done });
  }

  async #carryOut({ id, request }: WaitingRequest): Promise<void> {
    this.events.putBack();
    await this.#checkpoint.saveNow();
    if (request.kind === "replay") await this.#stored(() => this.#replay(request.parked));
    const outcome = await this.#stored(() => this.#host.storage.carryOut({ ...this.#lease, id }));
    if (outcome.kind === "lost") return this.drop();
    this.#carriedOut.add(id);
    this.#requests = this.#requests.filter((waiting) => waiting.id !== id);
    this.#isPaused = outcome.isPaused;
    this.#setLimit();
    if (request.kind === "resume") {
      this.#error = undefined;
      this.events.forgetFailures();
    }
    if (request.kind === "reset") return this.#beginAt(outcome.checkpoint);
    if (request.kind === "drop" || request.kind === "replay") await this.events.loadParked();
  }

  async #replay(selection: ParkedSelection): Promise<void> {
    await replayParked({
      host: this.#host,
      worker: this.#worker,
      lease: this.#lease,
      signal: this.#end.signal,
      selection,
      readUpTo: this.events.readUpTo,
      isOpen: (sequenceNumber) => this.events.isOpen(sequenceNumber),
    });
  }

  #beginAt(checkpoint: Checkpoint): void {
    this.#host.reader.leave(this.events);
    this.events.beginAt(checkpoint);
    this.#setLimit();
    this.#checkpoint.replace(checkpoint);
    this.#isVerified = false;
    this.#verificationDueMs = 0;
  }

  #isAtFence({ fence }: Repartition): boolean {
    const isDone = !this.events.isUneven && this.done.sequenceNumber >= fence;
    return isDone && !this.#mustWaitForBeat && !this.#isPaused;
  }

  async #arrive(id: string): Promise<void> {
    await this.#checkpoint.saveNow();
    const outcome = await this.#stored(() => this.#host.storage.arrive({ ...this.#lease, id }));
    if (outcome.kind === "arrived") this.#isOver = true;
    if (outcome.kind === "lost") this.drop();
    if (outcome.kind === "early") this.#mustWaitForBeat = true; // which shows the fence, or what else is asked
    this.#host.wakeNode();
  }

  async #stored<T>(call: () => Promise<T>): Promise<T> {
    const { signal } = this.#end;
    const onFailure = (error: unknown) =>
      this.#host.tell(error, "The processing storage failed, and is tried again.", this.partition);
    return repeatUntilStored(call, { signal, onFailure });
  }
}
