import { EventfoldError } from "@eventfold/types";

/** What a {@link ReplicaBehindError} is made from. */
export interface ReplicaBehindErrorOptions {
  /** The number that was waited for. */
  readonly sequenceNumber: number;
  /** How far the replica had come. */
  readonly upTo: number;
  readonly timeoutMs: number;
}

/**
 * A replica did not come as far as was waited for in time: nobody follows the log at the moment, it cannot be reached, or there is
 * much to copy. Waiting again may succeed; the log itself can be read at once.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "REPLICA_BEHIND")) console.log(error.sequenceNumber - error.upTo);
 * ```
 */
export class ReplicaBehindError extends EventfoldError {
  declare readonly code: "REPLICA_BEHIND";
  readonly sequenceNumber: number;
  readonly upTo: number;

  constructor({ sequenceNumber, upTo, timeoutMs }: ReplicaBehindErrorOptions) {
    super(
      `The replica did not come up to sequence number ${sequenceNumber} within ${timeoutMs} ms; it has everything up to ${upTo}. Wait longer, or read the log itself.`,
      { code: "REPLICA_BEHIND", isRetryable: true },
    );
    this.sequenceNumber = sequenceNumber;
    this.upTo = upTo;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    REPLICA_BEHIND: ReplicaBehindError;
  }
}
