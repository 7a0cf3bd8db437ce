import { setTimeout as wait } from "node:timers/promises";
import {
  type EventQuery,
  eventsMatch,
  type LogPublishEntry,
  newEvent,
  type PublishOptions,
  sequenceNumberAfter,
  streamExists,
  streamIsEmpty,
  taggedWith,
  unchangedSince,
} from "@eventfold/store";
import { isEventfoldError } from "@eventfold/types";
import type { RecordedSource, RecordedStore } from "../history/recorded-store.ts";
import { type Random, seededRandom } from "../random/random.ts";

/** The options of {@link chaosWorkload}. */
export interface ChaosWorkloadOptions {
  /** Where the choices come from. */
  readonly random: Random;
  /** How many callers call at once. Default: 4. */
  readonly callers?: number | undefined;
  /** How many calls each caller makes. Default: no limit. */
  readonly calls?: number | undefined;
  /** Ends the workload: each caller finishes the call it is in. */
  readonly signal?: AbortSignal | undefined;
}

/** How long a caller waits after the storage could not be reached, in milliseconds. */
const PAUSE_MS = 10;

/**
 * Calls a recorded store as many simultaneous applications would: publishes to eight streams of two categories, with
 * conditions and without, to one and to several, some of them repeated, on boundaries and queries of tags; reads of every scope. If the storage is busy or
 * out of reach, a publish is repeated with the same ids until it is answered.
 *
 * @throws the error that a call rejects with, unless a condition or an id was refused, or the identical call may succeed later.
 *
 * @example
 * ```ts
 * const { store: recorded, history } = recordHistory(store);
 * await chaosWorkload(recorded, { random: seededRandom(chosenSeed()), calls: 100 });
 * await recorded.log().read();
 * assertHistory(history());
 * ```
 */
export async function chaosWorkload(store: RecordedStore, options: ChaosWorkloadOptions): Promise<void> {
  const { random, callers = 4, calls = Number.POSITIVE_INFINITY, signal } = options;
  const seeds = Array.from({ length: callers }, () => random.integer(0, 2 ** 32 - 1));
  await Promise.all(seeds.map((seed) => new ChaosCaller(store, seededRandom(seed), signal).run(calls)));
}

class ChaosCaller {
  readonly #store: RecordedStore;
  readonly #random: Random;
  readonly #signal: AbortSignal | undefined;
  #earlier: readonly LogPublishEntry[] | undefined;
  #lastSeen = 0;

  constructor(store: RecordedStore, random: Random, signal: AbortSignal | undefined) {
    this.#store = store;
    this.#random = random;
    this.#signal = signal;
  }

  async run(calls: number): Promise<void> {
    for (let call = 0; call < calls && !this.#isOver; call += 1) {
      await this.#call();
      await new Promise(setImmediate); // others get their turn, in memory too
    }
  }

  get #isOver(): boolean {
    return this.#signal?.aborted === true;
  }

  async #call(): Promise<void> {
    switch (this.#random.integer(0, 12)) {
      case 0:
      case 1:
      case 2:
        return this.#publish([this.#entry()]);
      case 3:
      case 4:
        return this.#publishUnchanged();
      case 5:
        return this.#publishToTwo();
      case 6:
        return this.#publish(this.#random.chance(0.7) ? (this.#earlier ?? [this.#entry()]) : this.#partlyRepeated());
      case 7:
        return this.#publishOnBoundary();
      case 8:
        return this.#publish([this.#entry()], { failIf: taggedWith(`claim:${this.#random.integer(0, 99)}`) });
      default:
        await this.#attempt(() => this.#read());
    }
  }

  #names(): { readonly category: string; readonly stream: string } {
    return { category: `c${this.#random.integer(0, 1)}`, stream: `s${this.#random.integer(0, 3)}` };
  }

  #entry(): LogPublishEntry {
    const count = this.#random.integer(1, 3);
    const events = Array.from({ length: count }, (_, n) =>
      newEvent({ name: this.#random.pick(["n", "m"]), payload: n, tags: this.#tags() }),
    );
    return { ...this.#names(), events };
  }

  #tags(): readonly string[] {
    const claim = `claim:${this.#random.integer(0, 99)}`;
    return [...(this.#random.chance(0.1) ? [claim] : []), ...TAGS.filter(() => this.#random.chance(0.3))];
  }

  #query(): EventQuery {
    const [tag, other] = [this.#random.pick(TAGS), this.#random.pick(TAGS)];
    return this.#random.pick([
      () => taggedWith(tag),
      () => taggedWith(tag, other),
      () => eventsMatch({ names: ["m"], tags: [tag] }, { tags: [other] }),
      () => eventsMatch({ names: ["m"] }, { tags: [tag, other] }),
    ])();
  }

  /** Publishes if nobody else published what the decision depends on. */
  async #publishOnBoundary(): Promise<void> {
    const boundary = await this.#attempt(() => this.#store.boundary(this.#query()));
    if (boundary === FAILED || boundary === undefined) return;
    await this.#publish([this.#entry()], { failIf: boundary.changed });
  }

  /** Publishes if nobody else did meanwhile, which is the condition that applications use most. */
  async #publishUnchanged(): Promise<void> {
    const entry = this.#entry();
    const latest = await this.#attempt(() => this.#store.stream(entry).latest());
    if (latest === FAILED) return;
    await this.#publish([{ ...entry, condition: unchangedSince(latest) }]);
  }

  async #publishToTwo(): Promise<void> {
    const [first, other] = [this.#entry(), this.#names()];
    if (first.category === other.category && first.stream === other.stream) return this.#publish([first]);
    const second = this.#random.chance(0.5)
      ? { ...other, condition: this.#random.chance(0.8) ? streamExists() : streamIsEmpty() }
      : { ...this.#entry(), ...other };
    await this.#publish([first, second]);
  }

  /** New events followed by the last ones again: the publish must be refused, and nothing of it stored. */
  #partlyRepeated(): readonly LogPublishEntry[] {
    const entry = this.#entry();
    const earlier = this.#earlier?.find(({ events = [] }) => events.length > 0);
    return [
      earlier === undefined ? entry : { ...earlier, events: [...(entry.events ?? []), ...(earlier.events ?? [])] },
    ];
  }

  async #publish(entries: readonly LogPublishEntry[], options?: PublishOptions): Promise<void> {
    this.#earlier = entries;
    while (!this.#isOver) {
      if ((await this.#attempt(() => this.#store.publish(entries, options))) !== FAILED) return;
    }
  }

  async #read(): Promise<void> {
    const source: RecordedSource = this.#random.pick([
      () => this.#store.log(),
      () => this.#store.category(this.#names().category),
      () => this.#store.stream(this.#names()),
    ])();
    const limit = this.#random.integer(1, 40);
    switch (this.#random.integer(0, 5)) {
      case 0: {
        const latest = await source.latest();
        this.#lastSeen = Math.max(this.#lastSeen, latest?.sequenceNumber ?? 0);
        return;
      }
      case 1:
        await source.read({ direction: "backwards", limit });
        return;
      case 2:
        await source.read({ constraints: [sequenceNumberAfter(this.#lastSeen)] });
        return;
      case 3:
        await source.read({ constraints: [this.#query(), sequenceNumberAfter(this.#lastSeen)] });
        return;
      case 4:
        await this.#store.boundary(this.#query());
        return;
      default:
        for await (const _ of source.scan({ constraints: [sequenceNumberAfter(this.#lastSeen)], limit }));
    }
  }

  /** The result of a call, `undefined` if it was refused, or `FAILED` if the storage could not be reached and the call may be made again. */
  async #attempt<T>(call: () => Promise<T>): Promise<T | typeof FAILED | undefined> {
    try {
      return await call();
    } catch (error) {
      if (REFUSALS.some((code) => isEventfoldError(error, code))) return undefined;
      if (!isEventfoldError(error) || !error.isRetryable) throw error;
      await wait(PAUSE_MS);
      return FAILED;
    }
  }
}

const FAILED = Symbol("failed");

const REFUSALS = ["UNMET_WRITE_CONDITION", "DUPLICATE_EVENT_ID", "EVENTS_MATCHED"] as const;

/** Few, so that publishes match one another's queries. */
const TAGS = ["a", "b", "c"] as const;
