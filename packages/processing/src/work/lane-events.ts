import type { StoredEvent } from "@eventfold/types";
import type { Checkpoint } from "../storage/checkpoint.ts";
import type { PartitionLease } from "../storage/partition-lease.ts";
import type { Subscription } from "../subscription/subscription.ts";
import { Backlog, type Entry } from "./backlog.ts";
import type { Changes } from "./changes.ts";
import { errorTextOf } from "./error-text.ts";
import type { FedLane } from "./feed.ts";
import type { LaneHost } from "./lane-host.ts";
import type { LaneWork } from "./lane-work.ts";
import { ParkedStreams } from "./parked-streams.ts";
import { repeatUntilStored } from "./repeated-call.ts";
import type { Worker } from "./worker.ts";

/** A lane takes no more when so many events wait, and more again when half of them are left. */
const MOST_WAITING = 1_000;

/** A lane takes no more when so many events lie beyond the first that is not done. */
const MOST_BEYOND_FIRST_OPEN = 10_000;

/** What the lane decides over the head of those who work on its events. */
export interface LaneControl {
  /** Whether nothing may be started. */
  readonly isShut: boolean;
  /** Takes note of what a handler, or the source, failed with last. */
  noteError(error: string): void;
  /** Takes note that an event is done. */
  countEvent(): void;
  /** Takes note that the source was read further, and nothing is open. */
  moveLater(): void;
  /** Lets the partition handle nothing more until it is resumed. */
  pause(): void;
  /** Gives the partition back, for the broker stops with this error. */
  stop(error: unknown): void;
  /** The partition has another owner. */
  drop(): void;
  save(): Promise<void>;
}

/** What the events of a lane are worked on with. */
export interface LaneEventsOptions {
  readonly host: LaneHost;
  readonly lease: PartitionLease;
  readonly partitions: number;
  readonly worker: Worker;
  readonly control: LaneControl;
  readonly changes: Changes;
  /** Aborted when the lane is lost. */
  readonly signal: AbortSignal;
  readonly checkpoint: Checkpoint;
}

/** The events of a lane: those that wait, those that are at work, and what becomes of them. */
export class LaneEvents implements FedLane, LaneWork {
  readonly partition: number;
  readonly partitions: number;
  readonly subscription: Subscription;
  readonly fencingToken: number;
  readonly signal: AbortSignal;
  readonly #options: LaneEventsOptions;
  readonly #failing = new Set<Entry | undefined>();
  #backlog: Backlog;
  #parked = new ParkedStreams({ count: 0, marks: [] });
  #mustPutBack = false;
  #isFull = false;
  #isAtEnd = false;
  #atWork = 0;
  #skipped = 0;

  constructor(options: LaneEventsOptions) {
    this.#options = options;
    this.partition = options.lease.partition;
    this.partitions = options.partitions;
    this.subscription = options.host.subscription;
    this.fencingToken = options.lease.token;
    this.signal = options.signal;
    this.#backlog = new Backlog(options.checkpoint);
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

  /** Whether the source was read to its end. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  get isFailing(): boolean {
    return this.#failing.size > 0;
  }

  /** Whether somebody is at work on an event. */
  get isAtWork(): boolean {
    return this.#atWork > 0;
  }

  /** Whether something was taken and left, and has to be put back before anything is started. */
  get mustPutBack(): boolean {
    return this.#mustPutBack;
  }

  /** Whether something is done that lies beyond an event which is not. */
  get isUneven(): boolean {
    return this.subscription.concurrency > 1 && !this.#backlog.isEven;
  }

  get parked(): number {
    return this.#parked.count;
  }

  get skipped(): number {
    return this.#skipped;
  }

  get firstOpen(): StoredEvent | undefined {
    return this.#backlog.firstOpen?.event;
  }

  /** The highest number that was handed out. */
  get furthest(): number {
    return this.#backlog.furthest;
  }

  get isHeld(): boolean {
    return this.signal.aborted || this.#mustPutBack || this.#options.control.isShut;
  }

  /** Up to where everything is done, as far as that matters up to a number. */
  doneWithin(number: number): Checkpoint {
    return this.#backlog.doneWithin(number);
  }

  /** Whether the event of a number is here, and not done. */
  isOpen(sequenceNumber: number): boolean {
    return this.#backlog.isOpen(sequenceNumber);
  }

  /** Hands out nothing beyond a number. */
  setLimit(number: number): void {
    this.#backlog.limit = number;
  }

  /** Begins anew after a checkpoint. Nobody may be at work. */
  beginAt(checkpoint: Checkpoint): void {
    this.#backlog = new Backlog(checkpoint);
    this.#failing.clear();
    this.#isFull = false;
    this.#isAtEnd = false;
  }

  /** Puts back what was taken and is not done. Nobody may be at work. */
  putBack(): void {
    this.#mustPutBack = false;
    this.#backlog.putBack();
  }

  /** Lets every event begin with its tries anew. */
  forgetFailures(): void {
    this.#backlog.forgetFailures();
  }

  /** Learns from the storage what is parked. */
  async loadParked(): Promise<void> {
    const { host, lease } = this.#options;
    const [parked] = await this.#stored(() => host.storage.loadParked({ partitions: [lease] }));
    this.#parked = new ParkedStreams(parked ?? { count: 0, marks: [] });
  }

  /** Lets as many work as may. */
  start(): void {
    if (this.#atWork === 0) this.#backlog.putBack();
    while (this.#atWork < this.subscription.concurrency && this.#backlog.hasWork && !this.isHeld) void this.#work();
  }

  /** The source cannot be read for now. */
  noteReadFailure(error: unknown): void {
    this.#options.control.noteError(errorTextOf(error));
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
      this.#options.control.moveLater();
    }
    this.#options.changes.notify();
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
    this.#options.control.countEvent();
    this.#options.host.progress.notifySoon();
    this.#lookForRoom();
  }

  noteFailure(entry: Entry | undefined, error: unknown): void {
    const { control, host } = this.#options;
    control.noteError(errorTextOf(error));
    this.#failing.add(entry);
    host.tell(error, "A handler failed, and is tried again.", this.partition);
    host.progress.notify();
  }

  async giveUp(entry: Entry, error: unknown): Promise<void> {
    const { control, host } = this.#options;
    const { afterwards } = this.subscription.onFailure;
    control.noteError(errorTextOf(error));
    this.#failing.delete(entry);
    host.tell(error, `A handler failed in vain; what comes now: ${afterwards}.`, this.partition);
    switch (afterwards) {
      case "pause":
        return this.#pause();
      case "park":
      case "park-stream":
        if (this.#parked.count >= this.subscription.parkAtMost) return this.#pause();
        return this.#park(entry, { error: errorTextOf(error), isWholeStream: afterwards === "park-stream" });
      case "skip":
        this.#skipped += 1;
        return this.finish(entry);
      case "stop":
        this.#mustPutBack = true;
        return control.stop(error);
    }
  }

  async rest(ms: number): Promise<void> {
    await this.#options.changes.untilOrFor(() => this.isHeld, ms);
    if (this.isHeld) this.#mustPutBack = true; // what rests is left, and has to be taken again
  }

  async waitForWork(): Promise<void> {
    await this.#options.changes.until(() => this.isHeld || this.#backlog.hasWork);
  }

  async save(): Promise<void> {
    await this.#options.control.save();
  }

  async #work(): Promise<void> {
    const { worker, host, changes } = this.#options;
    this.#atWork += 1;
    try {
      await worker.run(this);
    } catch (error) {
      if (!this.signal.aborted) host.fail(error);
    }
    this.#atWork -= 1;
    changes.notify();
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
    this.#options.host.reader.lookAgain(this);
  }

  #pause(): void {
    this.#mustPutBack = true;
    this.#options.control.pause();
  }

  async #park(
    entry: Entry,
    { error, isWholeStream }: { readonly error: string; readonly isWholeStream: boolean },
  ): Promise<void> {
    const { host, lease, control } = this.#options;
    const { event, hash, failures: attempts } = entry;
    const { id: eventId, sequenceNumber, category, stream } = event;
    const mark = { sequenceNumber, hash, category, stream, isWholeStream };
    const request = { ...lease, event: { ...mark, eventId, attempts, error }, was: undefined };
    const { kind } = await this.#stored(() => host.storage.park(request));
    if (kind !== "parked") return control.drop();
    this.#parked.add(mark);
    this.finish(entry);
  }

  async #stored<T>(call: () => Promise<T>): Promise<T> {
    const { host, signal } = this.#options;
    const onFailure = (error: unknown) =>
      host.tell(error, "The processing storage failed, and is tried again.", this.partition);
    return repeatUntilStored(call, { signal, onFailure });
  }
}
