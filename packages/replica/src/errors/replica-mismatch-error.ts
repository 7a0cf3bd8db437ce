import { EventfoldError, type NewestEvent } from "@eventfold/types";

/**
 * Why a file and a log do not belong together.
 *
 * - `"other-log"`: the log has other events than the file where both have some: the replica followed another log, or the file was
 *   replaced by a replica of another one.
 * - `"lost-events"`: the log ends before the newest event of the file: it was restored from an older backup, or a standby that had
 *   not received everything took over.
 * - `"not-a-replica"`: the file has events, but no replica wrote them.
 * - `"written-to"`: somebody else published to the file, or removed events from it.
 */
export type ReplicaMismatchReason = "other-log" | "lost-events" | "not-a-replica" | "written-to";

/** What a {@link ReplicaMismatchError} is made from. */
export interface ReplicaMismatchErrorOptions {
  readonly filename: string;
  readonly reason: ReplicaMismatchReason;
  /** The event of the file that does not fit. */
  readonly event: NewestEvent | undefined;
}

const REASONS: Readonly<Record<ReplicaMismatchReason, string>> = {
  "other-log": "the log does not have it there, but other events: it is not the log that the file followed",
  "lost-events": "the log ends before it: it has lost its newest events, or is not the log that the file followed",
  "not-a-replica": "no replica wrote it: the file is somebody's log",
  "written-to": "the replica did not write it, or what it wrote is gone: somebody else has changed the file",
};

/**
 * A replica must not follow a log, because its file is not a copy of that log. Nothing was copied. Where the log is the right one,
 * delete the file, and a new replica copies everything; where the log has lost events, save what the file has of them first.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "REPLICA_MISMATCH")) console.log(error.reason, error.event);
 * ```
 */
export class ReplicaMismatchError extends EventfoldError {
  declare readonly code: "REPLICA_MISMATCH";
  readonly filename: string;
  readonly reason: ReplicaMismatchReason;
  /** The event of the file that does not fit, where there is one. */
  readonly event: NewestEvent | undefined;

  constructor({ filename, reason, event }: ReplicaMismatchErrorOptions) {
    const found =
      event === undefined ? "is empty" : `has the event ${event.id} with sequence number ${event.sequenceNumber}`;
    super(
      `The replica ${JSON.stringify(filename)} ${found}, and ${REASONS[reason]}. Nothing was copied. If the log is the right one, delete the file, and a new replica copies the whole log.`,
      { code: "REPLICA_MISMATCH" },
    );
    this.filename = filename;
    this.reason = reason;
    this.event = event;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    REPLICA_MISMATCH: ReplicaMismatchError;
  }
}
