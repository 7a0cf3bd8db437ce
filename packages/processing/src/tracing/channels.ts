import { channel, type TracingChannel, tracingChannel } from "node:diagnostics_channel";
import type { StoredEvent } from "@eventfold/types";
import type { MoveOutcome } from "../storage/checkpoint.ts";
import type { ParkOutcome } from "../storage/parked-event.ts";

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
 * A message of `eventfold:process`: one call of `handleEvent` or `handleBatch`, also when a parked event is replayed; one event that
 * `process` has taken, until it acknowledges that event or ends; or one save of a projection subscription.
 */
export interface ProcessMessage extends PartitionMessage {
  /** How many events the call handles, or the save stores the effects of. */
  readonly count: number;
  /**
   * As the handler is given them; not to be changed. Where projections are saved, about the first 100 that were folded while somebody
   * listened, without large ones: the others were released before.
   */
  readonly events: readonly StoredEvent[];
  /** From 1. */
  readonly attempt: number;
  /** From `error` on, where it has failed. */
  readonly error?: unknown;
}

/** A message of `eventfold:checkpoint`: one attempt to move a checkpoint. */
export interface CheckpointMessage extends PartitionMessage {
  /** The sequence number that was stored before. */
  readonly from: number;
  readonly to: number;
  /** Whether it is committed together with the effects of the events. */
  readonly isInTransaction: boolean;
  /** From `asyncEnd` on, where it has not failed; `undefined` in a transaction, which then has moved it. */
  readonly result?: MoveOutcome | undefined;
  /** From `error` on, where it has failed. */
  readonly error?: unknown;
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
  /** From `asyncEnd` on, where it has not failed. */
  readonly result?: ParkOutcome | undefined;
  /** From `error` on, where it could not be parked. */
  readonly error?: unknown;
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

/** How many of the events that a save of projections stores the effects of are kept for its message. */
export const MOST_TRACED_EVENTS = 100;

/** Whether anybody listens to the tracing channel `eventfold:process`. */
export function isProcessTraced(): boolean {
  return processing.hasSubscribers;
}

/** Ends what {@link beginProcess} has begun; with an error, where it failed. */
export type EndProcess = (failure?: { readonly error: unknown }) => void;

/**
 * Begins a message of the tracing channel `eventfold:process` for what is not one call, so that nothing bound to its start is in force
 * meanwhile. Without a subscriber it costs one check.
 */
export function beginProcess(describe: () => ProcessMessage): EndProcess {
  if (!processing.hasSubscribers) return () => {};
  const message: ProcessMessage & { error?: unknown } = describe();
  processing.start.publish(message);
  processing.end.publish(message);
  return (failure) => {
    if (failure !== undefined) {
      message.error = failure.error;
      processing.error.publish(message);
    }
    processing.asyncStart.publish(message);
    processing.asyncEnd.publish(message);
  };
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
