import type { Checkpoint } from "../storage/checkpoint.ts";
import type { HashedKey } from "../subscription/partition-hash.ts";
import type { Arrival } from "./arrival.ts";
import { Backlog, type Entry } from "./backlog.ts";
import type { ReadEvent } from "./continuity.ts";
import type { FedLane } from "./feed.ts";
import type { HeldPartition } from "./held-partition.ts";

/** A lane takes no more when so many events wait, and more again when half of them are left. */
const MOST_WAITING = 1_000;

/**
 * A lane takes no more when so many events lie beyond the first that is not done, and more again when a tenth of them is done. Folds
 * release the events that they have folded, so their lanes have room for more.
 */
const MOST_BEYOND_FIRST_OPEN = 10_000;
const MOST_BEYOND_FIRST_UNSAVED = 150_000;

/** The same of the memory that these events take. */
const MOST_BYTES = 32 * 1024 * 1024;
const FEW_BYTES = 28 * 1024 * 1024;

/** What the events of a lane are kept for. */
export interface LaneEventsOptions {
  readonly held: HeldPartition;
  /** After it they begin. */
  readonly checkpoint: Checkpoint;
  /** Whether nobody may take one now. */
  readonly isHeld: () => boolean;
  /** Is told after every page that was read. */
  readonly onRead: () => void;
}

/** What was read for a lane and is not done: a feed brings it, as long as there is room, and workers take it. */
export class LaneEvents implements FedLane {
  readonly partition: number;
  readonly partitions: number;
  readonly #options: LaneEventsOptions;
  readonly #mostBeyondFirstOpen: number;
  #backlog: Backlog;
  #isFull = false;
  #isAtEnd = false;

  constructor(options: LaneEventsOptions) {
    const { held, checkpoint } = options;
    this.#options = options;
    this.partition = held.lease.partition;
    this.partitions = held.partitions;
    this.#mostBeyondFirstOpen =
      held.host.subscription.handler.beginFold === undefined ? MOST_BEYOND_FIRST_OPEN : MOST_BEYOND_FIRST_UNSAVED;
    this.#backlog = new Backlog(checkpoint);
  }

  get readUpTo(): number {
    return this.#backlog.readUpTo;
  }

  get lastRead(): ReadEvent | undefined {
    return this.#backlog.lastRead;
  }

  /** The last event up to which all is done, if that is known. */
  get lastDone(): Checkpoint {
    return this.#backlog.lastDone;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  get isIdle(): boolean {
    return this.isEmpty && !this.#options.isHeld();
  }

  /** Whether all that was read is done. */
  get isEmpty(): boolean {
    return this.#backlog.size === 0;
  }

  /** Whether the source was read to its end. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** Whether something is done that lies beyond an event which is not. */
  get isUneven(): boolean {
    return this.#options.held.host.subscription.concurrency > 1 && !this.#backlog.isEven;
  }

  /** Whether there may be something to take. */
  get hasWork(): boolean {
    return this.#backlog.hasWork;
  }

  /** Whether there is nothing to take, and nothing more comes before something is done or published. */
  get isDry(): boolean {
    const { hasWork, readUpTo, limit } = this.#backlog;
    return !hasWork && (this.#isAtEnd || this.#isFull || readUpTo >= limit);
  }

  /** The first that is not done. */
  get firstOpen(): Arrival | undefined {
    return this.#backlog.firstOpen;
  }

  /** The highest number that was taken. */
  get furthest(): number {
    return this.#backlog.furthest;
  }

  /** Up to where everything is done, as far as that matters up to a number. */
  doneWithin(number: number): Checkpoint {
    return this.#backlog.doneWithin(number);
  }

  /** Whether the event of a number was read, and is not done. */
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
    this.#isFull = false;
    this.#isAtEnd = false;
  }

  /** Puts back what was taken and is not done. Nobody may be at work. */
  putBack(): void {
    this.#backlog.putBack();
  }

  /** Lets every event begin with its tries anew. */
  forgetFailures(): void {
    this.#backlog.forgetFailures();
  }

  add(arrival: Arrival, key: HashedKey): void {
    this.#backlog.add(arrival, key);
  }

  readTo(upTo: number, isEnd: boolean): void {
    this.#backlog.readTo(upTo);
    this.#isAtEnd = isEnd;
    const { waiting, size, bytes } = this.#backlog;
    this.#isFull = waiting >= MOST_WAITING || size >= this.#mostBeyondFirstOpen || bytes >= MOST_BYTES;
    this.#options.onRead();
  }

  /** The next event whose key is not at work. */
  take(): Entry | undefined {
    return this.#taken(this.#backlog.take());
  }

  /** The next event, whatever its key. */
  takeNext(): Entry | undefined {
    return this.#taken(this.#backlog.takeNext());
  }

  /** Keeps no more of an open entry than where its event is. */
  release(entry: Entry): void {
    this.#backlog.release(entry);
  }

  /** Takes note that an event is done, and has more read where there is room for it. */
  finish(entry: Entry): void {
    this.#backlog.finish(entry);
    if (!this.#makeRoom() && this.isEmpty) this.#options.held.host.reader.lookAgain(this);
  }

  /** What is taken makes room too: who folds many events before any of them is done needs more of them. */
  #taken(entry: Entry | undefined): Entry | undefined {
    this.#makeRoom();
    return entry;
  }

  #makeRoom(): boolean {
    const { waiting, size, bytes } = this.#backlog;
    const hasRoom = waiting <= MOST_WAITING / 2 && size <= this.#mostBeyondFirstOpen * 0.9 && bytes <= FEW_BYTES;
    if (!this.#isFull || !hasRoom) return false;
    this.#isFull = false;
    this.#options.held.host.reader.lookAgain(this);
    return true;
  }
}
