import type {
  LeaseOutcome,
  ParkedEvent,
  ParkedListing,
  ParkedMark,
  ParkedOfPartition,
  ParkedRequest,
  ParkOutcome,
  ParkRequest,
  PartitionKey,
  UnparkRequest,
} from "@eventfold/processing";
import type { TextRow } from "../../connection/statement.ts";
import { leaseOutcomeFrom } from "./partition-calls.ts";
import type { ProcessingCall } from "./processing-call.ts";
import { checkpointFrom } from "./stored-checkpoint.ts";

/** Parks an event. */
export function park({ event, was, ...lease }: ParkRequest): ProcessingCall<ParkOutcome> {
  const { sequenceNumber, hash, eventId, category, stream, isWholeStream, attempts, error } = event;
  return {
    routine: "park",
    effect: "writes",
    values: [
      ...[lease.subscription, lease.partition, lease.token],
      ...[sequenceNumber, hash, eventId, category, stream, isWholeStream, attempts, error],
      was,
    ],
    answer: ([row]) => parkOutcomeFrom(row ?? []),
  };
}

/** Removes parked events. */
export function unpark({ parked, ...lease }: UnparkRequest): ProcessingCall<LeaseOutcome> {
  return {
    routine: "unpark",
    effect: "writes",
    values: [
      ...[lease.subscription, lease.partition, lease.token],
      parked.map(({ sequenceNumber }) => sequenceNumber),
      parked.map(({ hash }) => hash),
    ],
    answer: leaseOutcomeFrom,
  };
}

/** Loads what a new owner has to know about parked events. */
export function loadParked({ partitions }: ParkedRequest): ProcessingCall<readonly ParkedOfPartition[]> {
  return {
    routine: "load_parked",
    effect: "none",
    values: [partitions.map(({ subscription }) => subscription), partitions.map(({ partition }) => partition)],
    answer: (rows) => partitions.map((key, index) => parkedOfPartitionFrom(key, rows[index] ?? [])),
  };
}

const BEFORE_ALL = { sequenceNumber: -1, hash: -1 };

/** Lists a page of parked events. */
export function listParked({
  subscription,
  of,
  after = BEFORE_ALL,
  limit,
}: ParkedListing): ProcessingCall<readonly ParkedEvent[]> {
  return {
    routine: "list_parked",
    effect: "none",
    values: [subscription, of?.category, of?.stream, after.sequenceNumber, after.hash, limit],
    answer: (rows) => rows.map((row) => parkedEventFrom(subscription, row)),
  };
}

function parkOutcomeFrom([kind, sequenceNumber, eventId]: TextRow): ParkOutcome {
  if (kind === "elsewhere") return { kind, checkpoint: checkpointFrom(sequenceNumber, eventId) };
  return { kind: kind === "parked" ? "parked" : "lost" };
}

type StoredMark = readonly [
  sequenceNumber: number,
  hash: number,
  category: string,
  stream: string,
  isWholeStream: boolean,
];

function parkedOfPartitionFrom({ subscription, partition }: PartitionKey, [count, marks]: TextRow): ParkedOfPartition {
  return {
    subscription,
    partition,
    count: Number(count),
    marks: (JSON.parse(marks ?? "[]") as readonly StoredMark[]).map(markFrom),
  };
}

function markFrom([sequenceNumber, hash, category, stream, isWholeStream]: StoredMark): ParkedMark {
  return { sequenceNumber, hash, category, stream, isWholeStream };
}

function parkedEventFrom(subscription: number, row: TextRow): ParkedEvent {
  const [sequenceNumber, hash, partition, eventId, category, stream, isWholeStream, attempts, error, parkedAtMs] = row;
  return {
    subscription,
    partition: Number(partition),
    sequenceNumber: Number(sequenceNumber),
    hash: Number(hash),
    eventId: eventId as string,
    category: category as string,
    stream: stream as string,
    isWholeStream: isWholeStream === "t",
    attempts: Number(attempts),
    error: error as string,
    parkedAtMs: Number(parkedAtMs),
  };
}
