import {
  type EventQueryItem,
  type FailIf,
  type PreparedEvent,
  type QueuedPublish,
  queuedPublish,
  type SaveRequest,
  type SaveResult,
  type StreamWrite,
} from "@eventfold/store/adapter";
import { isEventfoldError, StorageBusyError, StorageUnavailableError } from "@eventfold/types";
import { constraintOf, isConnectionLoss, sqlstateOf } from "../errors/sqlstate.ts";
import { unknownOutcome } from "../errors/unknown-outcome.ts";
import type { LogNames } from "../naming/log-names.ts";
import { type AppendRequest, isTagged } from "./append-path.ts";

/** What {@link Publish} is made from. */
export interface PublishOptions {
  readonly request: SaveRequest;
  /** When its writer stops waiting, in the milliseconds of `performance.now()`. */
  readonly deadlineMs: number;
  readonly resolve: (result: SaveResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A publish under way: what is to be written, until when, and who waits for the outcome.
 *
 * A try that ends without an answer may have stored it. From then on only a judgement says what became of it. Whatever else
 * ends it leaves that open: if a repetition fails, that proves nothing about the try before.
 */
export class Publish implements AppendRequest {
  readonly writes: readonly StreamWrite[];
  readonly failIf: FailIf | undefined;
  /** Whether it has tags, or a condition on the events of the log. */
  readonly isTagged: boolean;
  /** About how many bytes it takes in a statement. */
  readonly bytes: number;
  readonly deadlineMs: number;
  /** What tracing has noted of it. */
  readonly queued: QueuedPublish | undefined;
  /** Whether it is expected to be refused, and is only judged: then nothing depends on what it would store. */
  isOnlyJudged = false;
  /** Whether it was only judged once, and nothing was in its way. */
  wasOnlyJudged = false;
  #result: SaveResult | undefined;
  readonly #resolve: (result: SaveResult) => void;
  readonly #reject: (error: unknown) => void;
  #mayBeStored = false;

  constructor({ request, deadlineMs, resolve, reject }: PublishOptions) {
    this.writes = request.writes;
    this.failIf = request.failIf;
    this.isTagged = isTagged(request);
    this.bytes = bytesOf(request);
    this.deadlineMs = deadlineMs;
    this.queued = queuedPublish(request.writes);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** The sequence number of the first event that it has stored; `undefined` if it has stored none, or that is not known yet. */
  get firstNumber(): number | undefined {
    if (this.#result?.kind !== "stored") return undefined;
    return this.#result.events.find(([event]) => event)?.[0]?.sequenceNumber;
  }

  /** The sequence number of the event that it was refused for; `undefined` if it was not, or that is not known yet. */
  get matchedNumber(): number | undefined {
    return this.#result?.kind === "matched" ? this.#result.sequenceNumber : undefined;
  }

  /** Notes that it may be stored by now. */
  leaveOpen(): void {
    this.#mayBeStored = true;
  }

  /**
   * Ends it if its time is over, with the error that was last in its way, or `undefined` if it never had its turn. Returns
   * whether its time was over.
   */
  endIfLate(obstacle: unknown): boolean {
    if (this.deadlineMs > performance.now()) return false;
    this.reject(lateError(obstacle));
    return true;
  }

  /** Ends it with the judgement on it. */
  resolve(result: SaveResult): void {
    this.#result = result;
    this.#resolve(result);
  }

  /** Ends it with the error that was in its way or, if it may be stored, with an error that says so. */
  reject(obstacle: unknown): void {
    this.#reject(this.#mayBeStored ? unknownOutcome(obstacle) : obstacle);
  }
}

function lateError(obstacle: unknown): Error {
  if (obstacle !== undefined && isConnectionLoss(obstacle)) {
    return new StorageUnavailableError("PostgreSQL could not be reached within `writeTimeoutMs`. Nothing was stored.", {
      cause: obstacle,
    });
  }
  return new StorageBusyError("The turn of this publish did not come within `writeTimeoutMs`. Nothing was stored.", {
    cause: obstacle,
  });
}

const EVENT_OVERHEAD_BYTES = 120; // id, times, version, and the lengths of the fields.

/** About how many bytes a publish takes in a statement. */
export function bytesOf({ writes, failIf }: SaveRequest): number {
  let bytes = 0;
  for (const write of writes) {
    bytes += 32 + write.category.length + write.stream.length;
    for (const event of write.events) bytes += bytesOfEvent(event);
  }
  for (const item of failIf?.items ?? []) bytes += bytesOfItem(item);
  return bytes;
}

/** About how many bytes one event takes in a statement. */
export function bytesOfEvent({ name, payload, metadata, tags }: PreparedEvent): number {
  const metadataBytes = metadata === null ? 0 : Buffer.byteLength(metadata);
  return EVENT_OVERHEAD_BYTES + name.length + Buffer.byteLength(payload) + metadataBytes + bytesOfTexts(tags);
}

function bytesOfItem({ tags = [], names = [] }: EventQueryItem): number {
  return 32 + bytesOfTexts(tags) + bytesOfTexts(names);
}

function bytesOfTexts(texts: readonly string[]): number {
  let bytes = 0;
  for (const text of texts) bytes += 4 + Buffer.byteLength(text);
  return bytes;
}

/** A text that identifies a stream: a control character separates the names, and no name may contain one. */
export function streamKeyOf({ category, stream }: Pick<StreamWrite, "category" | "stream">): string {
  return `${category}\u001f${stream}`;
}

/**
 * What to do when the statement of a flush failed, and with it every publish in it:
 *
 * - `again`: repeat all of it. A rival was in the way, or the connection was lost; ids make the repetition safe.
 * - `again-once`: repeat all of it on a connection that is opened for it. The server is read-only, as the former primary is
 *   after a failover; if the server behind the new connection is too, that is the answer.
 * - `halve`: repeat it in halves, so that only the publish at fault fails.
 * - `halve-once`: repeat it in halves, but do not halve again: it took too long.
 * - `reject`: no repetition helps.
 */
export type Recovery = "again" | "again-once" | "halve" | "halve-once" | "reject";

const AGAIN = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
  "55P03", // lock_not_available: for some of the publishes, at least, the time to wait for the lock is over
]);

/** Chooses the {@link Recovery} from an untranslated error. */
export function recoveryFrom(error: unknown, { constraints }: Pick<LogNames, "constraints">): Recovery {
  if (isConnectionLoss(error) || isEventfoldError(error, "STORAGE_BUSY")) return "again";
  if (isEventfoldError(error, "LOG_BEHIND")) return "reject";
  const sqlstate = sqlstateOf(error);
  if (sqlstate === undefined) return "halve"; // one publish has a value that the client cannot send.
  if (AGAIN.has(sqlstate)) return "again";
  if (sqlstate === "23505") {
    // A rival with the same ids, which the repetition will see.
    const constraint = constraintOf(error);
    return constraint === constraints.id || constraint === constraints.position ? "again" : "reject";
  }
  if (sqlstate === "25006") return "again-once";
  if (sqlstate === "57014") return "halve-once";
  return ["22", "23", "54"].includes(sqlstate.slice(0, 2)) ? "halve" : "reject";
}

/** How long the parts of one try may take. */
export interface TryLimits {
  /** How long to wait for a connection to become free. */
  readonly turnTimeoutMs: number;
  /** How long to wait for the server where one is opened. */
  readonly connectTimeoutMs: number;
  /** How long the server may wait for the order locks. */
  readonly lockTimeoutMs: number;
  /** How long the reply may take before the connection is given up. */
  readonly replyTimeoutMs: number;
}

// A server that does not answer takes a third of the time, which leaves the rest for another connection, or another server.
const TRIES = 3;
// The server should give up first, since it says why. If it does not answer for so much longer, the client gives up.
const GRACE_MS = 1_000;
// A server that is only slow to say that the lock is held must not be taken for one that does not answer.
const LEAST_GRACE_MS = 250;
const SLOWEST_BYTES_PER_MS = 1_000;

/** What {@link tryLimits} depend on. */
export interface TryOptions {
  /** When the writer stops waiting, in the milliseconds of `performance.now()`. */
  readonly deadlineMs: number;
  readonly writeTimeoutMs: number;
  /** About how many bytes are sent. */
  readonly bytes: number;
}

/**
 * The limits of one try, which may take a part of the time that is left. A try that waits for the order locks ends when its
 * part is over, gives up its place among those who wait, and is repeated.
 */
export function tryLimits({ deadlineMs, writeTimeoutMs, bytes }: TryOptions): TryLimits {
  const leftMs = Math.max(1, Math.ceil(deadlineMs - performance.now()));
  const partMs = Math.ceil(writeTimeoutMs / TRIES);
  const isLast = leftMs <= partMs;
  const turnMs = isLast ? leftMs : partMs;
  const graceMs = isLast ? GRACE_MS : Math.max(LEAST_GRACE_MS, Math.min(GRACE_MS, partMs / 2));
  return {
    turnTimeoutMs: leftMs,
    connectTimeoutMs: turnMs,
    lockTimeoutMs: turnMs,
    replyTimeoutMs: Math.min(turnMs + graceMs + bytes / SLOWEST_BYTES_PER_MS, leftMs + GRACE_MS),
  };
}
