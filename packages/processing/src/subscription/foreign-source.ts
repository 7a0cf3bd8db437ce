import { setTimeout as delay } from "node:timers/promises";
import type { FollowedPage, FollowOptions, ScanOptions } from "@eventfold/store";
import { boundsOf, isWithinBounds } from "@eventfold/store/adapter";
import { type AnyEvents, checkedName, type StoredEvent } from "@eventfold/types";
import { checkedInteger } from "./checked-integer.ts";
import { eventOfMessage, type ForeignEvent, type ForeignMessage } from "./foreign-message.ts";
import type { ForeignIdentifier, SubscribableSource } from "./subscribable-source.ts";

/** What a foreign source is made from. */
export interface ForeignSourceDefinition<TMessage, TEvent extends ForeignEvent> {
  /**
   * The name of the source; keep it, because the checkpoints of subscriptions belong to it. It is the category of its events, and so
   * has at most 128 code points, without control characters.
   */
  readonly identifier: string;
  /**
   * Reads messages after a position, 0 at first, in order and in pages. When there are no more for now, it may end, and is called
   * again, or stay open and yield an empty page. Messages that are not done must remain readable, by other processes too.
   *
   * Its errors are reported to `onError`, and it is called again after longer and longer waits. It must end when the signal is aborted.
   */
  read(after: number, options: ForeignReadOptions): AsyncIterable<readonly ForeignMessage<TMessage>[]>;
  /**
   * Makes an event from a message. If it throws, the event has failed, which its subscription treats like a failure of a handler.
   * It must be pure.
   */
  decode(message: TMessage): TEvent;
  /**
   * The position of the newest message, or 0 for an empty source. A source without this function has limits: its subscriptions can begin
   * only at the beginning or after a given position, waiting until one has caught up is refused, and a checkpoint ahead of the source is
   * not detected.
   */
  latest?(): Promise<number>;
  /** How long to wait before reading again when `read` has ended, from 1 to 3,600,000 milliseconds. Default: 1,000. */
  readonly pollIntervalMs?: number | undefined;
}

/** The options of a read of a foreign source. */
export interface ForeignReadOptions {
  /** Aborted when nobody wants more. */
  readonly signal: AbortSignal;
}

/** The table of the events that are decoded. */
export type ForeignEvents<TEvent extends ForeignEvent> = {
  readonly [TOne in TEvent as TOne["name"]]: TOne["payload"];
};

const HOUR_MS = 3_600_000;

/** A page that came at once is dealt out in parts, so that lanes can say when they are full. */
const LARGEST_PAGE = 1_000;

/**
 * Makes a source from a queue, or from the feed of another system. It can be subscribed to like a part of a store: with the same
 * checkpoints, partitions, retries and parked events. Its positions are the sequence numbers of its events.
 *
 * @throws `TypeError` when a member is missing or not valid; `InvalidNameError` (`INVALID_NAME`) for an identifier that is not a
 * valid name of a category; `RangeError` for an interval out of range.
 *
 * @example
 * ```ts
 * const orders = foreignSource({
 *   identifier: "shop-orders",
 *   read: (after, { signal }) => shop.ordersAfter(after, { signal }),
 *   decode: (text: string) => ({ name: "order-placed", payload: { order: text } }),
 * });
 * ```
 */
export function foreignSource<TMessage, const TEvent extends ForeignEvent>(
  definition: ForeignSourceDefinition<TMessage, TEvent>,
): SubscribableSource<ForeignEvents<TEvent>>;
export function foreignSource(definition: ForeignSourceDefinition<unknown, ForeignEvent>): SubscribableSource {
  const { identifier, read, decode, latest, pollIntervalMs = 1_000 } = definition ?? {};
  if (typeof read !== "function" || typeof decode !== "function") {
    throw new TypeError("A foreign source must be made from an identifier and the functions read and decode.");
  }
  if (latest !== undefined && typeof latest !== "function")
    throw new TypeError("latest of a foreign source must be a function.");
  checkedName("category", identifier);
  checkedInteger("pollIntervalMs", pollIntervalMs, { from: 1, to: HOUR_MS });
  return new ForeignSource(definition, pollIntervalMs);
}

interface Page {
  readonly events: readonly StoredEvent[];
  /** How far the source was read. */
  readonly upTo: number;
}

class ForeignSource<TMessage> implements SubscribableSource {
  readonly identifier: ForeignIdentifier;
  readonly #definition: ForeignSourceDefinition<TMessage, ForeignEvent>;
  readonly #pollIntervalMs: number;

  constructor(definition: ForeignSourceDefinition<TMessage, ForeignEvent>, pollIntervalMs: number) {
    this.identifier = Object.freeze({ kind: "foreign", name: definition.identifier });
    this.#definition = definition;
    this.#pollIntervalMs = pollIntervalMs;
  }

  async *followPages(options: FollowOptions<AnyEvents> = {}): AsyncGenerator<FollowedPage, void, undefined> {
    const { after = 0, constraints = [], signal = new AbortController().signal } = options;
    const bounds = boundsOf(constraints, this.identifier.kind);
    for (let upTo = after; ; ) {
      for await (const page of this.#pages({ after: upTo, before: Number.POSITIVE_INFINITY }, signal)) {
        upTo = page.upTo;
        const events = page.events.filter((event) => isWithinBounds(event, bounds));
        yield { events, upTo, isEnd: page.events.length === 0 };
      }
      yield { events: [], upTo, isEnd: true };
      await delay(this.#pollIntervalMs, undefined, { signal });
    }
  }

  async *scan(options: ScanOptions<AnyEvents> = {}): AsyncGenerator<StoredEvent, void, undefined> {
    const { constraints = [], direction, limit = Number.POSITIVE_INFINITY } = options;
    if (direction === "backwards") throw new TypeError("A foreign source can only be read forwards.");
    const bounds = boundsOf(constraints, this.identifier.kind);
    const { sequenceNumberAfter: after = 0, sequenceNumberBefore: before = Number.POSITIVE_INFINITY } = bounds;
    let left = limit;
    for await (const { events } of this.#pages({ after, before }, options.signal ?? new AbortController().signal)) {
      if (events.length === 0) return;
      for (const event of events) {
        if (!isWithinBounds(event, bounds)) continue;
        yield event;
        left -= 1;
        if (left === 0) return;
      }
    }
  }

  async latest(): Promise<{ readonly sequenceNumber: number } | undefined> {
    const sequenceNumber = await this.horizon();
    return sequenceNumber === 0 ? undefined : { sequenceNumber };
  }

  async horizon(): Promise<number> {
    const latest = await this.#definition.latest?.();
    if (latest !== undefined) return checkedInteger("latest", latest, { from: 0, to: Number.MAX_SAFE_INTEGER });
    throw new TypeError(
      `The foreign source ${JSON.stringify(this.identifier.name)} cannot tell where its end is: give it the function latest.`,
    );
  }

  async hasReached(sequenceNumber: number): Promise<boolean> {
    return this.#definition.latest === undefined || (await this.horizon()) >= sequenceNumber;
  }

  /**
   * Reads once. An empty page says that there is no more for now. One that cannot be decoded ends it with its error, after those before
   * it have been yielded.
   */
  async *#pages(
    { after, before }: { readonly after: number; readonly before: number },
    signal: AbortSignal,
  ): AsyncGenerator<Page, void, undefined> {
    const decoder = { name: this.identifier.name, decode: (message: TMessage) => this.#definition.decode(message) };
    let upTo = after;
    for await (const messages of this.#definition.read(after, { signal })) {
      const events: StoredEvent[] = [];
      for (const message of messages) {
        const position = checkedPosition(message, { source: decoder.name, after: upTo });
        if (position >= before) {
          if (events.length > 0) yield { events, upTo };
          return;
        }
        if (events.length === LARGEST_PAGE) yield { events: events.splice(0), upTo };
        try {
          events.push(eventOfMessage(message, decoder));
        } catch (error) {
          if (events.length > 0) yield { events, upTo };
          throw error;
        }
        upTo = position;
      }
      yield { events, upTo };
    }
  }
}

/** @throws `TypeError` when it is no position, or not above the one before. */
function checkedPosition(
  message: { readonly position?: unknown },
  { source, after }: { readonly source: string; readonly after: number },
): number {
  const position = message?.position;
  if (typeof position === "number" && Number.isSafeInteger(position) && position > after) return position;
  throw new TypeError(
    `The foreign source ${JSON.stringify(source)} must yield messages whose positions are safe integers and rise: after ${after} it yielded ${String(position)}.`,
  );
}
