import { EventfoldError } from "./eventfold-error.ts";
import type { NewestEvent } from "./restore-errors.ts";

/**
 * Why a log is not the one that was there before.
 *
 * - `"lost-events"`: it is the same log, and lacks an event that was seen: a standby that had not received everything took over, or a
 *   backup was restored over it.
 * - `"other-log"`: it is a different log: it was made anew, or the address leads to a different database.
 */
export type LogBehindReason = "lost-events" | "other-log";

/** What a {@link LogBehindError} is made from. */
export interface LogBehindErrorOptions {
  readonly reason: LogBehindReason;
  readonly seen: NewestEvent | undefined;
  readonly newest: NewestEvent | undefined;
}

const REASONS: Readonly<Record<LogBehindReason, string>> = {
  "lost-events": "it has lost events, as when a standby that lagged took over, or a backup was restored",
  "other-log": "it is a different log from the one that this adapter was opened on",
};

/**
 * An adapter has connected again, and the log does not have what this adapter has seen there. To go on would give numbers that
 * somebody has seen to other events, and consumers would leave those out; so every further call of the adapter is refused. Decide what
 * is to become of the lost events, move the sequence past every number that was seen, and open a new adapter.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "LOG_BEHIND")) console.log(error.reason, error.seen, error.newest);
 * ```
 */
export class LogBehindError extends EventfoldError {
  declare readonly code: "LOG_BEHIND";
  readonly reason: LogBehindReason;
  /** The newest event that the adapter has read or stored; `undefined`: none. */
  readonly seen: NewestEvent | undefined;
  /** The newest event that the log had when that was noticed; `undefined`: the log was empty. */
  readonly newest: NewestEvent | undefined;

  constructor({ reason, seen, newest }: LogBehindErrorOptions) {
    super(
      `The log is not as this adapter knows it: ${REASONS[reason]}. The adapter has seen ${described(seen)}; the newest event of the log was ${described(newest)}. ` +
        "Nothing more is read or stored through this adapter. Move the sequence past every number that was seen, and open a new adapter.",
      { code: "LOG_BEHIND" },
    );
    this.reason = reason;
    this.seen = seen;
    this.newest = newest;
  }
}

function described(event: NewestEvent | undefined): string {
  return event === undefined ? "none" : `${event.id} with sequence number ${event.sequenceNumber}`;
}
