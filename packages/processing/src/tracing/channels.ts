import { channel, type TracingChannel, tracingChannel } from "node:diagnostics_channel";
import type { StoredEvent } from "@eventfold/types";

/** Identifies the partition at work. */
export interface PartitionMessage {
  /** The name of the broker. */
  readonly node: string;
  /** The name of the subscription. */
  readonly subscription: string;
  /** Counted from 0. */
  readonly partition: number;
  readonly fencingToken: number;
}

/**
 * A message of `eventfold:process`: one call of `handleEvent` or `handleBatch`, also when a parked event is replayed, or one save of a
 * projection subscription.
 */
export interface ProcessMessage extends PartitionMessage {
  /** How many events the call handles, or the save stores the effects of. */
  readonly count: number;
  /** As the handler is given them; not to be changed. None where projections are saved: their events were released before. */
  readonly events: readonly StoredEvent[];
  /** From 1. */
  readonly attempt: number;
}

/** A message of `eventfold:checkpoint`: one attempt to move a checkpoint. */
export interface CheckpointMessage extends PartitionMessage {
  /** The sequence number that was stored before. */
  readonly from: number;
  readonly to: number;
  /** Whether it is committed together with the effects of the events. */
  readonly isInTransaction: boolean;
}

/** A message of `eventfold:park`: one attempt to park an event. */
export interface ParkMessage extends PartitionMessage {
  readonly eventId: string;
  readonly sequenceNumber: number;
  readonly category: string;
  readonly stream: string;
  /** Whether all later events of the stream wait too. */
  readonly isWholeStream: boolean;
  /** How often it was tried. */
  readonly attempts: number;
  /** The error of the last try. */
  readonly reason: unknown;
}

/**
 * A message of `eventfold:lease`.
 *
 * - `claimed`: the broker has the partition from now on.
 * - `released`: it has saved everything and given the partition back.
 * - `lost`: it has lost the partition to others, or soon will, and saves nothing more of it.
 * - `evicted`: the node has taken others for dead; their partitions and locks are free. Lock managers report this too, as `locks/<name>`.
 */
export type LeaseMessage =
  | ({ readonly kind: "claimed" | "released" | "lost" } & PartitionMessage)
  | { readonly kind: "evicted"; readonly node: string; readonly evicted: readonly string[] };

const processing = tracingChannel("eventfold:process");
const checkpoints = tracingChannel("eventfold:checkpoint");
const parking = tracingChannel("eventfold:park");
const leases = channel("eventfold:lease");

/** Handles events within the tracing channel `eventfold:process`. */
export function traceProcess<T>(message: () => ProcessMessage, run: () => Promise<T>): Promise<T> {
  return trace(processing, message, run);
}

/** Moves a checkpoint within the tracing channel `eventfold:checkpoint`. */
export function traceCheckpoint<T>(message: () => CheckpointMessage, run: () => Promise<T>): Promise<T> {
  return trace(checkpoints, message, run);
}

/** Parks an event within the tracing channel `eventfold:park`. */
export function tracePark<T>(message: () => ParkMessage, run: () => Promise<T>): Promise<T> {
  return trace(parking, message, run);
}

/** Says on the channel `eventfold:lease` what has become of a lease. */
export function tellLease(message: () => LeaseMessage): void {
  if (leases.hasSubscribers) leases.publish(message());
}

/** Without a subscriber it costs one check: the message is not made, and there is no promise but that of the call. */
function trace<T>(on: TracingChannel, message: () => object, run: () => Promise<T>): Promise<T> {
  return on.hasSubscribers ? on.tracePromise(run, message()) : run();
}
