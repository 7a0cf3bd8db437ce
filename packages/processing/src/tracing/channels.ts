import { channel, type TracingChannel, tracingChannel } from "node:diagnostics_channel";
import type { StoredEvent } from "@eventfold/types";

/** What is said of a partition at work. */
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
 * What the messages of `eventfold:process` carry: one call of `handleEvent` or `handleBatch`, also when a parked event is replayed; of a
 * projection subscription one save.
 */
export interface ProcessMessage extends PartitionMessage {
  /** As the handler is given them; not to be changed. */
  readonly events: readonly StoredEvent[];
  /** From 1. */
  readonly attempt: number;
}

/** What the messages of `eventfold:checkpoint` carry: one attempt to move a checkpoint. */
export interface CheckpointMessage extends PartitionMessage {
  /** The sequence number that is stored before. */
  readonly from: number;
  readonly to: number;
  /** Whether it commits together with what was made of the events. */
  readonly isInTransaction: boolean;
}

/** What the messages of `eventfold:park` carry: one attempt to park an event. */
export interface ParkMessage extends PartitionMessage {
  readonly eventId: string;
  readonly sequenceNumber: number;
  readonly category: string;
  readonly stream: string;
  /** Whether everything later of the stream waits too. */
  readonly isWholeStream: boolean;
  /** How often it was tried. */
  readonly attempts: number;
  /** What the last try failed with. */
  readonly reason: unknown;
}

/**
 * A message of `eventfold:lease`.
 *
 * - `claimed`: the broker has the partition from now on.
 * - `released`: it has given it back, with everything saved.
 * - `lost`: it has it no longer, and saves nothing more: others have it, or will.
 * - `evicted`: the node has taken others for dead; their partitions and locks are free. Lock managers say so too, as `locks/<name>`.
 */
export type LeaseMessage =
  | ({ readonly kind: "claimed" | "released" | "lost" } & PartitionMessage)
  | { readonly kind: "evicted"; readonly node: string; readonly evicted: readonly string[] };

const processing = tracingChannel("eventfold:process");
const checkpoints = tracingChannel("eventfold:checkpoint");
const parking = tracingChannel("eventfold:park");
const leases = channel("eventfold:lease");

/** Handles events within the tracing channel `eventfold:process`. */
export async function traceProcess<T>(message: () => ProcessMessage, run: () => Promise<T>): Promise<T> {
  return trace(processing, message, run);
}

/** Moves a checkpoint within the tracing channel `eventfold:checkpoint`. */
export async function traceCheckpoint<T>(message: () => CheckpointMessage, run: () => Promise<T>): Promise<T> {
  return trace(checkpoints, message, run);
}

/** Parks an event within the tracing channel `eventfold:park`. */
export async function tracePark<T>(message: () => ParkMessage, run: () => Promise<T>): Promise<T> {
  return trace(parking, message, run);
}

/** Says on the channel `eventfold:lease` what has become of a lease. */
export function tellLease(message: () => LeaseMessage): void {
  if (leases.hasSubscribers) leases.publish(message());
}

/** Without a subscriber it costs one check: the message is not even made. */
async function trace<T>(on: TracingChannel, message: () => object, run: () => Promise<T>): Promise<T> {
  return on.hasSubscribers ? on.tracePromise(run, message()) : run();
}
