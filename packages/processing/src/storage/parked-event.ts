import type { Checkpoint } from "./checkpoint.ts";
import type { PartitionKey, PartitionLease } from "./partition-lease.ts";

/** Identifies a parked event of a subscription: an event with several keys may be parked once for each of them. */
export interface ParkedKey {
  readonly sequenceNumber: number;
  /**
   * The hash that assigned the event to its partition, an integer from 0 to 2³² − 1. With any number of partitions the event
   * belongs to the partition `hash % partitions`, so it stays with its stream or key when that number changes.
   */
  readonly hash: number;
}

/** An event that could not be handled. */
export interface EventToPark extends ParkedKey {
  /** A UUID in canonical form. */
  readonly eventId: string;
  readonly category: string;
  readonly stream: string;
  /** Whether all later events of the stream wait too. Those are not stored: a replay reads them from the log. */
  readonly isWholeStream: boolean;
  /** How often it was tried. */
  readonly attempts: number;
  /** The error of the last try: at most 2,000 code points, well-formed Unicode without `\u0000`. */
  readonly error: string;
}

/** An event to park, by the owner of its partition. */
export interface OwnedEventToPark extends PartitionLease {
  readonly event: EventToPark;
}

/** The same, by itself. */
export interface ParkRequest extends OwnedEventToPark {
  /**
   * The sequence number of the stored checkpoint if everything before the event is done, so that the checkpoint moves to the
   * event in the same step. `undefined` if something before it is not done, so that the checkpoint stays.
   */
  readonly was: number | undefined;
}

/**
 * What became of an event to park.
 *
 * - `parked`: it is parked, by this call or by an earlier one whose reply was lost.
 * - `lost`: the partition has another token. Nothing was written.
 * - `elsewhere`: the token is right, but the stored checkpoint is neither at `was` nor at the event. Nothing was written.
 */
export type ParkOutcome =
  | { readonly kind: "parked" }
  | { readonly kind: "lost" }
  | { readonly kind: "elsewhere"; readonly checkpoint: Checkpoint };

/** Parked events that the owner of their partition has handled after all. */
export interface UnparkRequest extends PartitionLease {
  /** Distinct, at least one. */
  readonly parked: readonly ParkedKey[];
}

/** Some parked events of a partition: the one with a sequence number, those of one stream, or all. */
export type ParkedSelection =
  | { readonly kind: "event"; readonly sequenceNumber: number }
  | { readonly kind: "stream"; readonly category: string; readonly stream: string }
  | { readonly kind: "all" };

/** An event that is parked. */
export interface ParkedEvent extends EventToPark, PartitionKey {
  /** When it was first parked, in epoch milliseconds by the clock of the storage; for people only. */
  readonly parkedAtMs: number;
}

/** What an owner has to know about a parked event in order to pass it over. */
export interface ParkedMark extends ParkedKey {
  readonly category: string;
  readonly stream: string;
  readonly isWholeStream: boolean;
}

/** The parked events of one partition. */
export interface ParkedOfPartition extends PartitionKey {
  /** How many events are parked in all. */
  readonly count: number;
  /** Those above the checkpoint, and those whose whole stream waits, in order of sequence number and then of hash. */
  readonly marks: readonly ParkedMark[];
}

/** A page of parked events. */
export interface ParkedListing {
  readonly subscription: number;
  /** Only those of this stream; `undefined` for all streams. */
  readonly of: { readonly category: string; readonly stream: string } | undefined;
  /** The last of the page before; `undefined` for the first page. */
  readonly after: ParkedKey | undefined;
  /** How many at most; 1 or more. */
  readonly limit: number;
}
