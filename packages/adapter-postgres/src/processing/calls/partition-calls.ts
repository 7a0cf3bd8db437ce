import type {
  CheckpointMove,
  ClaimedPartition,
  ClaimRequest,
  LeaseOutcome,
  MoveOutcome,
  PartitionLease,
  PartitionReport,
  RegisteredSubscription,
  SubscriptionRegistration,
  WaitingRequest,
} from "@eventfold/processing";
import type { TextRow } from "../../connection/statement.ts";
import { leaseColumns, type ProcessingCall } from "./processing-call.ts";
import { checkpointFrom, isSameCheckpoint } from "./stored-checkpoint.ts";
import { waitingRequestFrom } from "./stored-request.ts";

/** Stores subscriptions whose name is unknown. */
export function register(
  registrations: readonly SubscriptionRegistration[],
): ProcessingCall<readonly RegisteredSubscription[]> {
  return {
    routine: "register",
    effect: "writes",
    values: [
      registrations.map(({ name }) => name),
      registrations.map(({ source }) => source),
      registrations.map(({ partitioning }) => partitioning),
      registrations.map(({ partitions }) => partitions),
      registrations.map(({ startAt }) => startAt.sequenceNumber),
      registrations.map(({ startAt }) => startAt.eventId),
    ],
    answer: (rows) => rows.map(registeredFrom),
  };
}

/** Claims partitions that are free. */
export function claim({ session, partitions }: ClaimRequest): ProcessingCall<readonly ClaimedPartition[]> {
  return {
    routine: "claim",
    effect: "writes",
    values: [session, ...leaseColumns(partitions)],
    answer: (rows) => rows.map(claimedFrom),
  };
}

/** Releases partitions. */
export function release(leases: readonly PartitionLease[]): ProcessingCall<void> {
  return { routine: "release", effect: "wakes", values: leaseColumns(leases), answer: () => {} };
}

/** Moves checkpoints. */
export function saveCheckpoints(moves: readonly CheckpointMove[]): ProcessingCall<readonly MoveOutcome[]> {
  return {
    routine: "save_checkpoints",
    effect: "writes",
    values: [
      ...leaseColumns(moves),
      moves.map(({ was }) => was),
      moves.map(({ checkpoint }) => checkpoint.sequenceNumber),
      moves.map(({ checkpoint }) => checkpoint.eventId),
    ],
    answer: (rows) => moves.map((move, index) => moveOutcomeFrom(move, rows[index] ?? [])),
  };
}

/** Stores what an owner reports about its partition. */
export function report(said: PartitionReport): ProcessingCall<LeaseOutcome> {
  const { subscription, partition, token, isPaused, error } = said;
  return {
    routine: "report",
    effect: "writes",
    values: [subscription, partition, token, isPaused, error],
    answer: leaseOutcomeFrom,
  };
}

/** The outcome from a function that returns whether the owner still had its partition. */
export function leaseOutcomeFrom([row]: readonly TextRow[]): LeaseOutcome {
  return { kind: row?.[0] === "t" ? "done" : "lost" };
}

function registeredFrom([id, name, source, partitioning, partitions]: TextRow): RegisteredSubscription {
  return {
    id: Number(id),
    name: name as string,
    source: source as string,
    partitioning: partitioning as string,
    partitions: Number(partitions),
  };
}

function claimedFrom(row: TextRow): ClaimedPartition {
  const [subscription, partition, token, sequenceNumber, eventId, isPaused, error, requests] = row;
  return {
    subscription: Number(subscription),
    partition: Number(partition),
    token: Number(token),
    checkpoint: checkpointFrom(sequenceNumber, eventId),
    isPaused: isPaused === "t",
    error: error ?? undefined,
    requests: (JSON.parse(requests ?? "[]") as readonly WaitingRequest[]).map(waitingRequestFrom),
  };
}

function moveOutcomeFrom({ checkpoint }: CheckpointMove, [sequenceNumber, eventId]: TextRow): MoveOutcome {
  if (sequenceNumber == null) return { kind: "lost" };
  const stored = checkpointFrom(sequenceNumber, eventId);
  return isSameCheckpoint(stored, checkpoint) ? { kind: "moved" } : { kind: "elsewhere", checkpoint: stored };
}
