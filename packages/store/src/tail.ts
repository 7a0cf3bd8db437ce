import { parseStoredEvent, printSourceIdentifier, printStoredEvent, type StoredEvent } from "@eventfold/types";
import { abortable } from "./abortable.ts";
import type { ScanBounds } from "./storage/event-storage.ts";
import type { EventStorageAdapter, SourcePlace } from "./storage/event-storage-adapter.ts";
import { isWithinBounds } from "./storage/within-bounds.ts";
import { tracedFollow } from "./tracing/page-channels.ts";

/**
 * The waits before the next look while a writer in flight holds events back: it sends no wake-up when it rolls back.
 */
const FIRST_LOOK_MS = 5;
const LONGEST_LOOK_MS = 50;

/** Before the first wake-up: a follower that waits since then is served at once. */
const NEVER = -1;

/** What a follower waits for: the first events after a place. */
export interface TailRequest extends SourcePlace {
  /** Which of them it wants. */
  readonly bounds: ScanBounds;
  /**
   * The last wake-up after which nothing was found: {@link TailPage.asOf} of its last page. Absent: it has not looked
   * yet.
   */
  readonly asOf?: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The next events of a source. */
export interface TailPage {
  /** Those that the follower wants; perhaps none. Each follower gets its own copies. */
  readonly events: readonly StoredEvent[];
  /** How far the source was read. */
  readonly upTo: number;
  /** Whether there was no more to read. Otherwise the follower is behind, and has to catch up by itself. */
  readonly isEnd: boolean;
  /** The wake-up after which the source was read. */
  readonly asOf: number;
}

/** The followers that wait at one place. */
interface Spot extends SourcePlace {
  readonly waiting: Set<Waiting>;
  /** The last wake-up after which nothing was found. */
  asOf: number;
  isBeingRead: boolean;
}

interface Waiting {
  readonly bounds: ScanBounds;
  readonly resolve: (page: TailPage) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The end of the log for all followers of an adapter that have reached it. A wake-up asks once which of their places
 * have news, and only those are read: once for all followers at the same place, whatever their filters.
 *
 * It works only for followers that wait. One that is busy with its last page delays no other, and nothing is kept for
 * it: when it comes back, it waits at its own place.
 */
export class Tail {
  static readonly #tails = new WeakMap<EventStorageAdapter, Tail>();

  readonly #adapter: EventStorageAdapter;
  readonly #spots = new Map<string, Spot>();
  #followers = 0;
  #endListening: (() => void) | undefined;
  #wakeUps = 0;
  #isLooking = false;
  #nextLook: NodeJS.Timeout | undefined;
  #nextLookMs = FIRST_LOOK_MS;

  private constructor(adapter: EventStorageAdapter) {
    this.#adapter = adapter;
  }

  /** The tail of an adapter: one, however many stores are on it. */
  static of(adapter: EventStorageAdapter): Tail {
    let tail = Tail.#tails.get(adapter);
    if (tail === undefined) {
      tail = new Tail(adapter);
      Tail.#tails.set(adapter, tail);
    }
    return tail;
  }

  /** Notes changes from now on, until the returned function is called. A follower joins before it first reads. */
  join(): () => void {
    this.#followers += 1;
    this.#endListening ??= this.#adapter.onChange(() => this.#wake());
    return () => {
      this.#followers -= 1;
      if (this.#followers > 0) return;
      this.#endListening?.();
      this.#endListening = undefined;
      clearTimeout(this.#nextLook);
      this.#nextLook = undefined;
    };
  }

  /**
   * Waits until there is something after a place.
   *
   * @throws the signal's reason; else what the adapter rejects with.
   */
  async next({ source, after, bounds, asOf = NEVER, signal }: TailRequest): Promise<TailPage> {
    const spot = this.#spotAt({ source, after }, asOf);
    let waiting: Waiting | undefined;
    try {
      return await abortable(async () => {
        const page = new Promise<TailPage>((resolve, reject) => {
          waiting = { bounds, resolve, reject };
          spot.waiting.add(waiting);
        });
        void this.#look();
        return page;
      }, signal);
    } finally {
      if (waiting !== undefined) spot.waiting.delete(waiting);
      if (spot.waiting.size === 0) this.#leave(spot);
    }
  }

  #spotAt(place: SourcePlace, asOf: number): Spot {
    const key = keyOf(place);
    const known = this.#spots.get(key);
    if (known !== undefined) {
      known.asOf = Math.min(known.asOf, asOf);
      return known;
    }
    const spot: Spot = { ...place, waiting: new Set(), asOf, isBeingRead: false };
    this.#spots.set(key, spot);
    return spot;
  }

  #leave(spot: Spot): void {
    if (this.#spots.get(keyOf(spot)) === spot) this.#spots.delete(keyOf(spot));
  }

  #wake(): void {
    this.#wakeUps += 1;
    void this.#look();
  }

  /**
   * Asks what is new until every waiting follower has an answer. One question at a time: wake-ups in between count as
   * one.
   */
  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    for (;;) {
      await undefined; // followers that come together are asked for together
      const asOf = this.#wakeUps;
      const spots = [...this.#spots.values()].filter((spot) => spot.asOf < asOf && !spot.isBeingRead);
      if (spots.length === 0) break;
      await this.#ask(spots, asOf);
    }
    this.#isLooking = false;
  }

  async #ask(spots: readonly Spot[], asOf: number): Promise<void> {
    try {
      const news = await this.#adapter.newsOf(spots.map(({ source, after }) => ({ source, after })));
      for (const [index, spot] of spots.entries()) {
        if (news[index]?.isReadable) void this.#read(spot, asOf);
        else spot.asOf = Math.max(spot.asOf, asOf);
      }
      if (news.some(({ isHeldBack }) => isHeldBack)) this.#lookAgain();
      else this.#nextLookMs = FIRST_LOOK_MS;
    } catch (error) {
      for (const spot of spots) this.#reject(spot, error);
    }
  }

  #lookAgain(): void {
    if (this.#nextLook !== undefined || this.#followers === 0) return;
    this.#nextLook = setTimeout(() => {
      this.#nextLook = undefined;
      this.#wake();
    }, this.#nextLookMs);
    this.#nextLookMs = Math.min(LONGEST_LOOK_MS, this.#nextLookMs * 2);
  }

  /** Reads one page for all followers at a spot, including those that come while it is being read. */
  async #read(spot: Spot, asOf: number): Promise<void> {
    spot.isBeingRead = true;
    try {
      const { events, isEnd } = await this.#firstPage(spot);
      const upTo = events.at(-1)?.sequenceNumber;
      spot.isBeingRead = false;
      spot.asOf = asOf;
      if (upTo === undefined) return;
      this.#leave(spot);
      let isTaken = false;
      for (const { bounds, resolve } of spot.waiting) {
        const wanted = events.filter((event) => isWithinBounds(event, bounds));
        resolve({ events: isTaken ? wanted.map(copyOf) : wanted, upTo, isEnd, asOf });
        isTaken ||= wanted.length > 0;
      }
    } catch (error) {
      this.#reject(spot, error);
    }
  }

  async #firstPage({ source, after }: SourcePlace): Promise<Pick<TailPage, "events" | "isEnd">> {
    const direction = "forwards";
    const scan = this.#adapter.storage.scan(source, {
      bounds: { sequenceNumberAfter: after },
      direction,
      limit: undefined,
      signal: undefined,
      isFollowing: true,
    });
    const pages = tracedFollow({ source, direction }, scan)[Symbol.asyncIterator]();
    const first = await pages.next();
    if (first.done) return { events: [], isEnd: true };
    const { done = false } = await pages.next(); // reads nothing when the first page was not full
    if (!done) pages.return?.().catch(() => {});
    return { events: first.value, isEnd: done };
  }

  #reject(spot: Spot, error: unknown): void {
    this.#leave(spot);
    for (const { reject } of spot.waiting) reject(error);
  }
}

function keyOf({ source, after }: SourcePlace): string {
  return `${after} ${printSourceIdentifier(source)}`;
}

/**
 * What one follower does to its event must not affect another. Not `structuredClone`: under Jest that makes objects of
 * another realm.
 */
function copyOf(event: StoredEvent): StoredEvent {
  return parseStoredEvent(printStoredEvent(event));
}
