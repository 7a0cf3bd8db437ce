import { hash } from "node:crypto";
import type { StoredEvent } from "@eventfold/types";
import type { Arrival } from "../work/arrival.ts";
import type { Subscription } from "./subscription.ts";

/** Makes the key by which an event comes to its partition. Events of one key are handled in order. */
export type PartitionKeyOf = (event: StoredEvent) => string;

type StreamName = Pick<StoredEvent, "category" | "stream">;

const SEPARATOR = "\u001f";

/** How many keys are remembered; a hash costs ten times the look-up. */
const REMEMBERED = 50_000;

/** The key of an event where nothing else is said: its stream. */
export function streamKeyOf({ category, stream }: StreamName): string {
  return `${category}${SEPARATOR}${stream}`;
}

/** The first 32 bits, as a big-endian number, of the SHA-256 of the key in UTF-8. */
export function partitionHash(key: string): number {
  return hash("sha256", key, "buffer").readUInt32BE(0);
}

/** A key and its hash, by which it belongs to the partition `hash % partitions`. */
export interface HashedKey {
  readonly key: string;
  readonly hash: number;
}

/** The hashes of keys, remembered. */
export class PartitionHashes {
  readonly #keyOf: PartitionKeyOf;
  readonly #known = new Map<string, HashedKey>();
  /** The last stream that was asked for: its events often come one after the other. */
  #lastStream: (StreamName & { readonly hashed: HashedKey }) | undefined;

  constructor(partitionBy: PartitionKeyOf | undefined) {
    this.#keyOf = partitionBy ?? streamKeyOf;
  }

  /** Whether a key is no more than the stream, so that it is known of events that cannot be read too. */
  get areByStream(): boolean {
    return this.#keyOf === streamKeyOf;
  }

  /**
   * The key of an event.
   *
   * @throws `TypeError` when `partitionBy` made no string; what it throws.
   */
  of(event: StoredEvent): HashedKey {
    if (this.areByStream) return this.#ofStream(event);
    const key: unknown = this.#keyOf(event);
    if (typeof key === "string") return this.#hashed(key);
    throw new TypeError(
      `partitionBy must return a string for every event, but returned ${typeof key} for ${event.id}.`,
    );
  }

  /** The key of an event that could be read, that of its first part, or else of its stream, see {@link PartitionHashes.areByStream}. */
  ofArrival({ events, location }: Pick<Arrival, "events" | "location">): HashedKey {
    const first = events?.[0];
    return first === undefined ? this.#ofStream(location) : this.of(first);
  }

  /** Whether the parts of one stored event have different keys where that matters: they would be handled in several places. */
  belongApart(
    parts: readonly StoredEvent[],
    {
      partitions,
      subscription,
    }: { readonly partitions: number; readonly subscription: Pick<Subscription, "concurrency"> },
  ): boolean {
    if (parts.length < 2 || this.areByStream || (partitions === 1 && subscription.concurrency === 1)) return false;
    return new Set(parts.map((part) => this.of(part).key)).size > 1;
  }

  #ofStream({ category, stream }: StreamName): HashedKey {
    if (this.#lastStream?.stream === stream && this.#lastStream.category === category) return this.#lastStream.hashed;
    const hashed = this.#hashed(streamKeyOf({ category, stream }));
    this.#lastStream = { category, stream, hashed };
    return hashed;
  }

  #hashed(key: string): HashedKey {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    const made = { key, hash: partitionHash(key) };
    this.#known.set(key, made);
    return made;
  }
}

/** The hashes of the keys of a subscription. */
export function hashesFor({ partitionBy, handler }: Pick<Subscription, "partitionBy" | "handler">): PartitionHashes {
  return new PartitionHashes(partitionBy?.bind(handler));
}
