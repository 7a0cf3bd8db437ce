import type { StoredEvent } from "@eventfold/types";
import type { ProcessingState } from "../broker/processing-state.ts";
import { CheckpointAheadOfLogError } from "../errors/checkpoint-ahead-of-log-error.ts";
import type { Checkpoint } from "../storage/checkpoint.ts";
import type { ClaimedPartition, SeenPartition } from "../storage/partition.ts";
import type { PartitionLease } from "../storage/partition-lease.ts";
import type { WaitingRequest } from "../storage/partition-request.ts";
import type { Repartition } from "../storage/repartition.ts";
import { Backlog, type Entry } from "./backlog.ts";
import { Changes } from "./changes.ts";
import { hasReached } from "./checkpoint-check.ts";
import { errorTextOf } from "./error-text.ts";
import type { FedLane } from "./feed.ts";
import { LaneCheckpoint } from "./lane-checkpoint.ts";
import type { LaneHost } from "./lane-host.ts";
import type { LaneWork } from "./lane-work.ts";
import { ParkedStreams } from "./parked-streams.ts";
import { repeatUntilStored } from "./repeated-call.ts";
import { replayParked } from "./replay.ts";
import type { Worker } from "./worker.ts";
import { workerFor } from "./worker-for.ts";

/** A lane takes no more when so many events wait, and more again when half of them are left. */
const MOST_WAITING = 1_000;

/** A lane takes no more when so many events lie beyond the first that is not done. */
const MOST_BEYOND_FIRST_OPEN = 10_000;

/** How long a lane that is interrupted may work on what comes before something that is done. */
const LONGEST_EVENING_OUT_MS = 5_000;

const FIRST_VERIFICATION_MS = 250;
const LONGEST_VERIFICATION_MS = 30_000;

/**
 * The events of one partition on their way through the handler, as long as a node has the lease. Whatever is to be done between
 * two events (requests, the hand-over, a report) waits until nobody is at work, and nobody begins meanwhile.
 */
export class Lane implements FedLane, LaneWork {
  readonly partition: number;
  readonly partitions: number;
  readonly #host: LaneHost;
  readonly #worker: Worker;
  readonly #lease: PartitionLease;
  readonly #changes = new Changes();
  readonly #end = new AbortController();
  readonly #checkpoint: LaneCheckpoint;
  readonly #failing = new Set<Entry | undefined>();
  readonly #carriedOut = new Set<string>();
  #backlog: Backlog;
  #parked = new ParkedStreams({ count: 0, marks: [] });
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
  #mustPutBack = false;
  #mustWaitForBeat = false;
  #isFull = false;
  #isAtEnd = false;
  #atWork = 0;
  #skipped = 0;

  constructor(host: LaneHost, claimed: ClaimedPartition, partitions: number) {
    const { subscription, partition, token, checkpoint, isPaused, error, requests } = claimed;
    this.#host = host;
    this.#worker = workerFor(host.subscription);
    this.#lease = { subscription, partition, token };
    this.partition = partition;
    this.partitions = partitions;
    this.#backlog = new Backlog(checkpoint);
    this.#requests = requests;
    this.#isPaused = isPaused;
    this.#error = error;
    this.#checkpoint = new LaneCheckpoint({
      host,
      lease: this.#lease,
      stored: checkpoint,
      current: () => this.done,
      signal: this.#end.signal,
      onLost: () => this.drop(),
    });
  }

  get subscription() {
    return this.#host.subscription;
  }

  get fencingToken(): number {
    return this.#lease.token;
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get readUpTo(): number {
    return this.#backlog.readUpTo;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  get isIdle(): boolean {
    return this.#backlog.size === 0 && !this.isHeld;
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Up to where everything is done. */
  get done(): Checkpoint {
    return this.#backlog.doneWithin(this.#fence);
  }

  /** Why its handler fails, or it is paused; the last one. */
  get error(): string | undefined {
    return this.#error;
  }

  /** How many events are parked. */
  get parked(): number {
    return this.#parked.count;
  }

  /** How many events were skipped for their failure. */
  get skipped(): number {
    return this.#skipped;
  }

  /** The first event that was read and is not done. */
  get firstOpen(): StoredEvent | undefined {
    return this.#backlog.firstOpen?.event;
  }

  get state(): ProcessingState {
    if (this.#isLeaving) return "stopping";
    if (this.#isPaused) return "paused";
    if (!this.#isVerified) return this.#error === undefined ? "starting" : "failed";
    if (this.#failing.size > 0) return "retrying";
    return this.#isAtEnd ? "live" : "catching-up";
  }

  get isHeld(): boolean {
    return this.#isBlocked || (this.#isInterrupted && !this.#mustEvenOut);
  }

  /** Works until the partition is given back or lost. */
  async run(): Promise<void> {
    try {
      while (!this.signal.aborted && !this.#isOver) {
        const { version } = this.#changes;
        const step = this.#nextStep();
        if (step === undefined) this.#startWork();
        if (step === undefined || this.#atWork > 0) await this.#changes.after(version, this.#nextStepInMs());
        else await step();
        this.#host.progress.notify();
      }
    } catch (error) {
      if (!this.signal.aborted) this.#host.fail(error);
    } finally {
      this.drop();
    }
  }

  /** Ends it at once: what is at work is told by its signal, and not waited for. Nothing more is saved. */
  drop(): void {
    this.#end.abort();
    this.#checkpoint.stop();
    this.#host.reader.leave(this);
    this.#wake();
  }

  /** Finishes what is in hand, saves and gives the partition back. */
  leave(): void {
    this.#isLeaving = true;
    this.#setLimit();
    this.#wake();
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
    this.#wake();
  }

  /** The source of the lane cannot be read for now. */
  noteReadFailure(error: unknown): void {
    this.#error = errorTextOf(error);
    this.#failing.add(undefined);
  }

  add(event: StoredEvent, place: { readonly key: string; readonly hash: number }): void {
    this.#backlog.add(event, place);
  }

  readTo(upTo: number, isEnd: boolean): void {
    this.#backlog.readTo(upTo);
    this.#isAtEnd = isEnd;
    this.#isFull = this.#backlog.waiting >= MOST_WAITING || this.#backlog.size >= MOST_BEYOND_FIRST_OPEN;
    if (this.#backlog.size === 0) {
      this.#failing.delete(undefined);
      this.#checkpoint.saveLater();
    }
    this.#wake();
  }

  take(): Entry | undefined {
    return this.#takeUncovered(() => this.#backlog.take());
  }

  takeNext(): Entry | undefined {
    return this.#takeUncovered(() => this.#backlog.takeNext());
  }

  finish(entry: Entry): void {
    this.#failing.delete(entry);
    this.#failing.delete(undefined);
    this.#backlog.finish(entry);
    this.#checkpoint.countEvent();
    this.#host.progress.notifySoon();
    this.#lookForRoom();
  }

  noteFailure(entry: Entry | undefined, error: unknown): void {
    this.#error = errorTextOf(error);
    this.#failing.add(entry);
    this.#host.tell(error, "A handler failed, and is tried again.", this.partition);
    this.#host.progress.notify();
  }

  async giveUp(entry: Entry, error: unknown): Promise<void> {
    const { afterwards } = this.subscription.onFailure;
    this.#error = errorTextOf(error);
    this.#failing.delete(entry);
    this.#host.tell(error, `A handler failed in vain; what comes now: ${afterwards}.`, this.partition);
    switch (afterwards) {
      case "pause":
        return this.#pause();
      case "park":
      case "park-stream":
        return this.#park(entry, afterwards === "park-stream");
      case "skip":
        this.#skipped += 1;
        return this.finish(entry);
      case "stop":
        this.#isLeaving = true;
        this.#mustPutBack = true;
        return this.#host.fail(error);
    }
  }

  async rest(ms: number): Promise<void> {
    await this.#changes.untilOrFor(() => this.isHeld, ms);
    if (this.isHeld) this.#mustPutBack = true; // what rests is left, and has to be taken again
  }

  async waitForWork(): Promise<void> {
    await this.#changes.until(() => this.isHeld || this.#backlog.hasWork);
  }

  async save(): Promise<void> {
    await this.#checkpoint.saveNow();
  }

  /** Whether nothing may be started, whatever is done already. */
  get #isBlocked(): boolean {
    const isAble = this.#isVerified && !this.#isPaused && !this.#mustPutBack;
    return this.signal.aborted || !isAble || !this.#host.isCurrent();
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
    if (this.#backlog.isEven || this.subscription.concurrency === 1 || this.#failing.size > 0) return false;
    return performance.now() < this.#evenOutUntilMs;
  }

  /** Says up to where events are handed out: nothing new where the lane is interrupted, or is to stop at a fence. */
  #setLimit(): void {
    const { furthest } = this.#backlog;
    this.#fence = Math.max(this.#repartition?.fence ?? Number.POSITIVE_INFINITY, furthest);
    this.#backlog.limit = this.#isInterrupted ? furthest : this.#fence;
    if (!this.#isInterrupted) this.#evenOutUntilMs = Number.POSITIVE_INFINITY;
    else this.#evenOutUntilMs = Math.min(this.#evenOutUntilMs, performance.now() + LONGEST_EVENING_OUT_MS);
  }

  /** What is to be done while nobody is at work; nothing is begun before it. */
  #nextStep(): (() => Promise<void> | void) | undefined {
    if (this.#isUnreported) return () => this.#report();
    if (this.#isInterrupted && !this.#isBlocked && this.#mustEvenOut) return undefined;
    if (this.#isLeaving) return () => this.#handOver();
    const [request] = this.#requests;
    if (request !== undefined) return () => this.#carryOut(request);
    if (!this.#isVerified) return performance.now() < this.#verificationDueMs ? undefined : () => this.#verify();
    if (this.#mustPutBack) return () => this.#putBack();
    if (this.#repartition !== undefined && this.#isAtFence(this.#repartition)) {
      const { id } = this.#repartition;
      return () => this.#arrive(id);
    }
    return undefined;
  }

  #startWork(): void {
    const most = this.subscription.concurrency;
    if (this.#atWork === 0) this.#backlog.putBack();
    while (this.#atWork < most && this.#backlog.hasWork && !this.isHeld) void this.#work();
    if (this.#backlog.size === 0 && this.#checkpoint.hasUnsavedEvents) this.#checkpoint.saveSoon();
  }

  async #work(): Promise<void> {
    this.#atWork += 1;
    try {
      await this.#worker.run(this);
    } catch (error) {
      if (!this.signal.aborted) this.#host.fail(error);
    }
    this.#atWork -= 1;
    this.#wake();
  }

  #takeUncovered(take: () => Entry | undefined): Entry | undefined {
    while (!this.isHeld) {
      const entry = take();
      if (entry === undefined || !this.#parked.covers(entry)) return entry;
      this.finish(entry);
    }
    return undefined;
  }

  #lookForRoom(): void {
    const hasRoom = this.#backlog.waiting <= MOST_WAITING / 2 && this.#backlog.size <= MOST_BEYOND_FIRST_OPEN / 2;
    if (this.#isFull && hasRoom) this.#isFull = false;
    else if (this.#backlog.size > 0) return;
    this.#host.reader.lookAgain(this);
  }

  #pause(): void {
    this.#isPaused = true;
    this.#isUnreported = true;
    this.#mustPutBack = true;
  }

  async #park(entry: Entry, isWholeStream: boolean): Promise<void> {
    if (this.#parked.count >= this.subscription.parkAtMost) return this.#pause();
    const { event, hash, failures } = entry;
    const { id: eventId, sequenceNumber, category, stream } = event;
    const mark = { sequenceNumber, hash, category, stream, isWholeStream };
    const parked = { ...mark, eventId, attempts: failures, error: this.#error ?? "" };
    const outcome = await this.#stored(() =>
      this.#host.storage.park({ ...this.#lease, event: parked, was: undefined }),
    );
    if (outcome.kind !== "parked") return this.drop();
    this.#parked.add(mark);
    this.finish(entry);
  }

  async #report(): Promise<void> {
    await this.save();
    const report = { ...this.#lease, isPaused: this.#isPaused, error: this.#error };
    const outcome = await this.#stored(() => this.#host.storage.report(report));
    this.#isUnreported = false;
    if (outcome.kind === "lost") this.drop();
  }

  async #handOver(): Promise<void> {
    await this.save();
    this.#host.reader.leave(this);
    await this.#stored(() => this.#host.storage.release([this.#lease]));
    this.#isOver = true;
  }

  #putBack(): void {
    this.#mustPutBack = false;
    this.#backlog.putBack();
  }

  async #verify(): Promise<void> {
    const { done } = this;
    try {
      if (!(await hasReached(this.subscription.source, done))) {
        const { name } = this.subscription;
        throw new CheckpointAheadOfLogError({ subscription: name, partition: this.partition, ...done });
      }
      await this.#loadParked();
      if (!this.#isPaused && this.#error !== undefined) {
        this.#error = undefined;
        this.#isUnreported = true;
      }
      this.#verificationWaitMs = FIRST_VERIFICATION_MS;
      this.#isVerified = true;
      if (!this.signal.aborted) this.#host.reader.join(this);
    } catch (error) {
      this.#error = errorTextOf(error);
      this.#isUnreported = true;
      this.#verificationDueMs = performance.now() + this.#verificationWaitMs;
      this.#verificationWaitMs = Math.min(LONGEST_VERIFICATION_MS, this.#verificationWaitMs * 2);
      this.#host.tell(error, "A partition cannot begin, and is tried again.", this.partition);
    }
  }

  /** When to look again though nothing has changed. */
  #nextStepInMs(): number | undefined {
    const now = performance.now();
    if (this.#isInterrupted) return this.#mustEvenOut ? Math.max(1, this.#evenOutUntilMs - now) : undefined;
    return this.#isVerified ? undefined : Math.max(1, this.#verificationDueMs - now);
  }

  async #loadParked(): Promise<void> {
    const [parked] = await this.#stored(() => this.#host.storage.loadParked({ partitions: [this.#lease] }));
    this.#parked = new ParkedStreams(parked ?? { count: 0, marks: [] });
  }

  async #carryOut({ id, request }: WaitingRequest): Promise<void> {
    this.#backlog.putBack();
    this.#mustPutBack = false;
    await this.save();
    if (request.kind === "replay" && !this.signal.aborted) await this.#replay(request.parked);
    const outcome = await this.#stored(() => this.#host.storage.carryOut({ ...this.#lease, id }));
    if (outcome.kind === "lost") return this.drop();
    this.#carriedOut.add(id);
    this.#requests = this.#requests.filter((waiting) => waiting.id !== id);
    this.#isPaused = outcome.isPaused;
    this.#setLimit();
    if (request.kind === "resume") {
      this.#error = undefined;
      this.#backlog.forgetFailures();
    }
    if (request.kind === "reset") return this.#beginAt(outcome.checkpoint);
    if (request.kind === "drop" || request.kind === "replay") await this.#loadParked();
  }

  async #replay(selection: Parameters<typeof replayParked>[0]["selection"]): Promise<void> {
    await replayParked({
      host: this.#host,
      worker: this.#worker,
      lease: this.#lease,
      signal: this.signal,
      selection,
      readUpTo: this.readUpTo,
      isOpen: (sequenceNumber) => this.#backlog.isOpen(sequenceNumber),
    });
  }

  #beginAt(checkpoint: Checkpoint): void {
    this.#host.reader.leave(this);
    this.#backlog = new Backlog(checkpoint);
    this.#setLimit();
    this.#checkpoint.replace(checkpoint);
    this.#failing.clear();
    this.#isFull = false;
    this.#isAtEnd = false;
    this.#isVerified = false;
    this.#verificationDueMs = 0;
  }

  #isAtFence({ fence }: Repartition): boolean {
    const isDone = this.#backlog.isEven && this.done.sequenceNumber >= fence;
    return isDone && !this.#mustWaitForBeat && !this.#isPaused;
  }

  async #arrive(id: string): Promise<void> {
    await this.save();
    const outcome = await this.#stored(() => this.#host.storage.arrive({ ...this.#lease, id }));
    if (outcome.kind === "arrived") this.#isOver = true;
    if (outcome.kind === "lost") this.drop();
    if (outcome.kind === "early") this.#mustWaitForBeat = true; // which shows the fence, or what else is asked
    this.#host.wakeNode();
  }

  async #stored<T>(call: () => Promise<T>): Promise<T> {
    return repeatUntilStored(call, {
      signal: this.signal,
      onFailure: (error) =>
        this.#host.tell(error, "The processing storage failed, and is tried again.", this.partition),
    });
  }

  #wake(): void {
    this.#changes.notify();
  }
}
