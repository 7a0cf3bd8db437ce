import type { EventLocation, StoredEvent } from "@eventfold/types";
import type { Checkpoint } from "../storage/checkpoint.ts";
import type { HashedKey } from "../subscription/partition-hash.ts";
import type { Arrival } from "./arrival.ts";
import type { ReadEvent } from "./continuity.ts";
import { estimatedBytes } from "./estimated-bytes.ts";

/** A stored event of a partition, on its way. Events of one key are handled in order. */
export interface Entry extends HashedKey {
  location: EventLocation;
  /** What it is read as. `undefined`: it could not be read, or was released. Whoever needs it reads it again. */
  events: readonly StoredEvent[] | undefined;
  /** About how much memory it takes. */
  bytes: number;
  isDone: boolean;
  /** How often it was tried in vain. */
  failures: number;
}

/** How much of the front is kept before it is cut off, for cutting is linear in what is left: so many events, or bytes. */
const CUT_AFTER = 1_024;
const CUT_AFTER_BYTES = 1024 * 1024;

/** Of an event, besides its payload and metadata; and of one that was released. */
const EVENT_BYTES = 500;
const RELEASED_BYTES = 200;

/** An event is not measured beyond it. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * What a partition has read and not done yet, in order. It hands out events whose key is not at work already, and knows up to
 * where all is done.
 */
export class Backlog {
  #entries: Entry[] = [];
  /** The first that is not done. */
  #front = 0;
  /** Of those before the front that were not released, and of those behind it. */
  #doneBytes = 0;
  #bytes = 0;
  /** The first that nobody has looked at yet. */
  #next = 0;
  /** The keys at work, with those of their entries that wait for them, if any have. */
  readonly #busy = new Map<string, Entry[] | undefined>();
  /** Entries whose key is theirs now. */
  #ready: Entry[] = [];
  readonly #start: Checkpoint;
  /** The last of those that are done up to the front. */
  #lastDone: EventLocation | undefined;
  #readUpTo: number;
  /** The highest number that was handed out. */
  #furthest = 0;
  /** Nothing beyond this number is handed out. */
  limit = Number.POSITIVE_INFINITY;

  constructor(checkpoint: Checkpoint) {
    this.#start = checkpoint;
    this.#readUpTo = checkpoint.sequenceNumber;
  }

  /** How far the source was read for it. */
  get readUpTo(): number {
    return this.#readUpTo;
  }

  /** The last event that was read for it, if that is known. */
  get lastRead(): ReadEvent | undefined {
    const last = this.#entries.at(-1)?.location ?? this.#lastDone;
    if (last !== undefined) return last;
    const { sequenceNumber, eventId } = this.#start;
    return eventId === undefined ? undefined : { sequenceNumber, id: eventId };
  }

  /** The last event up to which all is done, if that is known: the checkpoint may have been moved beyond it. */
  get lastDone(): Checkpoint {
    return this.#lastDone === undefined ? this.#start : checkpointAt(this.#lastDone);
  }

  /** How many events lie between the first open one and the last. */
  get size(): number {
    return this.#entries.length - this.#front;
  }

  /** About how much memory these events take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many nobody has looked at. */
  get waiting(): number {
    return this.#entries.length - this.#next;
  }

  /** Whether {@link Backlog.take} may have something to give. */
  get hasWork(): boolean {
    const ready = this.#ready[0];
    if (ready !== undefined && ready.location.sequenceNumber <= this.limit) return true;
    return this.#next < this.#entries.length && this.#isWithinLimit(this.#next);
  }

  /** Up to where everything is done, as far as that matters up to a number. */
  doneWithin(number: number): Checkpoint {
    const upTo = Math.min(number, (this.firstOpen?.location.sequenceNumber ?? this.#readUpTo + 1) - 1);
    const { lastDone } = this;
    return upTo > lastDone.sequenceNumber ? { sequenceNumber: upTo, eventId: undefined } : lastDone;
  }

  /** The highest number that was handed out. */
  get furthest(): number {
    return this.#furthest;
  }

  /** Whether everything is done that comes before something which was handed out, so that the checkpoint covers all that is done. */
  get isEven(): boolean {
    return (this.firstOpen?.location.sequenceNumber ?? Number.POSITIVE_INFINITY) > this.#furthest;
  }

  /** The first event that is not done. */
  get firstOpen(): Entry | undefined {
    return this.#entries[this.#front];
  }

  /** Adds the next event that was read. */
  add({ location, events }: Arrival, { key, hash }: HashedKey): void {
    const bytes = EVENT_BYTES + (events === undefined ? 0 : bytesOf(events));
    this.#entries.push({ location, events, key, hash, bytes, isDone: false, failures: 0 });
    this.#bytes += bytes;
    this.#readUpTo = location.sequenceNumber;
  }

  /** Takes note that the source was read up to a number. */
  readTo(number: number): void {
    this.#readUpTo = Math.max(this.#readUpTo, number);
  }

  /** The next event whose key is not at work; it and its key are at work until it is done or everything is put back. */
  take(): Entry | undefined {
    const ready = this.#ready[0];
    if (ready !== undefined && ready.location.sequenceNumber <= this.limit) return this.#handOut(this.#ready.shift());
    for (;;) {
      const entry = this.#entries[this.#next];
      if (entry === undefined || !this.#isWithinLimit(this.#next)) return undefined;
      this.#next += 1;
      if (entry.isDone) continue;
      if (!this.#busy.has(entry.key)) {
        this.#busy.set(entry.key, undefined);
        return this.#handOut(entry);
      }
      this.#letWait(entry);
    }
  }

  /** The next event, whatever its key: for those who take one after the other. */
  takeNext(): Entry | undefined {
    for (;;) {
      const entry = this.#entries[this.#next];
      if (entry === undefined || !this.#isWithinLimit(this.#next)) return undefined;
      this.#next += 1;
      if (!entry.isDone) return this.#handOut(entry);
    }
  }

  /** Keeps no more of an open entry than where its event is. */
  release(entry: Entry): void {
    if (entry.isDone || entry.events === undefined) return;
    const { sequenceNumber, id, category, stream, position } = entry.location;
    entry.location = { sequenceNumber, id, category, stream, position };
    entry.events = undefined;
    this.#bytes -= entry.bytes - RELEASED_BYTES;
    entry.bytes = RELEASED_BYTES;
  }

  finish(entry: Entry): void {
    if (entry.isDone) return;
    entry.isDone = true;
    this.#freeKey(entry.key);
    if (this.firstOpen !== entry) return;
    for (let first = this.firstOpen; first?.isDone; first = this.firstOpen) {
      this.#lastDone = first.location;
      this.#front += 1;
      this.#bytes -= first.bytes;
      if (first.events !== undefined) this.#doneBytes += first.bytes; // what was released is as good as cut off
    }
    this.#cut();
  }

  /** Puts back what was taken and is not done. Nobody may be at work on it any more. */
  putBack(): void {
    this.#busy.clear();
    this.#ready = [];
    this.#next = this.#front;
  }

  /** Whether the event of a number is here, and not done. */
  isOpen(sequenceNumber: number): boolean {
    return this.#entries.some(({ location, isDone }) => location.sequenceNumber === sequenceNumber && !isDone);
  }

  /** Lets every open event begin with its tries anew. */
  forgetFailures(): void {
    for (const entry of this.#entries) entry.failures = 0;
  }

  #isWithinLimit(index: number): boolean {
    return (this.#entries[index]?.location.sequenceNumber ?? 0) <= this.limit;
  }

  #handOut(entry: Entry | undefined): Entry | undefined {
    this.#furthest = Math.max(this.#furthest, entry?.location.sequenceNumber ?? 0);
    return entry;
  }

  #letWait(entry: Entry): void {
    const waiting = this.#busy.get(entry.key);
    if (waiting === undefined) this.#busy.set(entry.key, [entry]);
    else waiting.push(entry);
  }

  #freeKey(key: string): void {
    const next = this.#busy.get(key)?.shift();
    if (next === undefined) this.#busy.delete(key);
    else this.#ready.push(next);
  }

  #cut(): void {
    const isMuch = this.#front >= CUT_AFTER && this.#front * 2 >= this.#entries.length;
    if (!isMuch && this.#doneBytes < CUT_AFTER_BYTES) return;
    this.#doneBytes = 0;
    this.#entries = this.#entries.slice(this.#front);
    this.#next = Math.max(0, this.#next - this.#front);
    this.#front = 0;
  }
}

function bytesOf(events: readonly StoredEvent[]): number {
  let bytes = 0;
  for (const { payload, metadata } of events) {
    bytes += estimatedBytes(payload, MOST_BYTES) + estimatedBytes(metadata, MOST_BYTES);
  }
  return bytes;
}

function checkpointAt({ sequenceNumber, id: eventId }: EventLocation): Checkpoint {
  return { sequenceNumber, eventId };
}
