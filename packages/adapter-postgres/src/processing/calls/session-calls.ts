import type {
  BeatOutcome,
  BeatRequest,
  ReplacedSession,
  SeenPartition,
  SessionBeginning,
  StalledSession,
  WaitingRequest,
} from "@eventfold/processing";
import type { TextRow } from "../../connection/statement.ts";
import type { ProcessingCall } from "./processing-call.ts";
import { waitingRequestFrom } from "./stored-request.ts";
import { type StoredSession, sessionFrom } from "./stored-session.ts";

/** Begins a session. */
export function beginSession({ id, name, leaseMs }: SessionBeginning): ProcessingCall<ReplacedSession | undefined> {
  return {
    routine: "begin_session",
    effect: "wakes",
    values: [id, name, leaseMs],
    answer: ([row]) => (row?.[0] == null ? undefined : { id: row[0], beat: Number(row[1]) }),
  };
}

/** Raises the counter of a session, and returns the living sessions and the state of partitions. */
export function beat({ session, name, subscriptions }: BeatRequest): ProcessingCall<BeatOutcome> {
  return {
    routine: "beat",
    effect: "writes",
    values: [session, name, subscriptions.toSorted((a, b) => a - b)],
    answer: ([row]) => beatOutcomeFrom(row ?? []),
  };
}

/** Deletes sessions whose counter stood still. */
export function evict(stalled: readonly StalledSession[]): ProcessingCall<readonly string[]> {
  return {
    routine: "evict",
    effect: "wakes",
    values: [stalled.map(({ id }) => id), stalled.map((session) => session.beat)],
    answer: (rows) => rows.map(([id]) => id as string),
  };
}

/** Ends a session. */
export function endSession(session: string): ProcessingCall<void> {
  return { routine: "end_session", effect: "wakes", values: [session], answer: () => {} };
}

type StoredPartition = readonly [
  subscription: number,
  partition: number,
  token: number,
  owner: string | null,
  sequenceNumber: number,
  isPaused: boolean,
  requests: readonly WaitingRequest[],
];

type StoredRepartition = readonly [subscription: number, id: string, partitions: number, fence: number];

function beatOutcomeFrom([replacedBy, living, seen, repartitions]: TextRow): BeatOutcome {
  if (living == null) return { kind: "ended", replacedBy: replacedBy ?? undefined };
  return {
    kind: "beaten",
    sessions: (JSON.parse(living) as readonly StoredSession[]).map(sessionFrom),
    partitions: (JSON.parse(seen ?? "[]") as readonly StoredPartition[]).map(partitionFrom),
    repartitions: (JSON.parse(repartitions ?? "[]") as readonly StoredRepartition[]).map(
      ([subscription, id, partitions, fence]) => ({ subscription, id, partitions, fence }),
    ),
  };
}

function partitionFrom([
  subscription,
  partition,
  token,
  owner,
  sequenceNumber,
  isPaused,
  requests,
]: StoredPartition): SeenPartition {
  return {
    ...{ subscription, partition, token, owner: owner ?? undefined, sequenceNumber, isPaused },
    requests: requests.map(waitingRequestFrom),
  };
}
