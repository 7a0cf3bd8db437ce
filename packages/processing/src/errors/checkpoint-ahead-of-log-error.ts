import { EventfoldError } from "@eventfold/types";

/** What a {@link CheckpointAheadOfLogError} is made from. */
export interface CheckpointAheadOfLogErrorOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  readonly partition: number;
  readonly sequenceNumber: number;
  readonly eventId: string | undefined;
}

/**
 * A partition is done up to an event that its source does not have: the log was restored from an older backup, lost acknowledged
 * events, is a lagging standby, or is a different log. Going on from there would leave out events, so nothing was handled. Once
 * the log is the right one, reset the partition to a checkpoint of it.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "CHECKPOINT_AHEAD_OF_LOG")) console.log(error.subscription, error.sequenceNumber);
 * ```
 */
export class CheckpointAheadOfLogError extends EventfoldError {
  declare readonly code: "CHECKPOINT_AHEAD_OF_LOG";
  /** The name of the subscription. */
  readonly subscription: string;
  readonly partition: number;
  readonly sequenceNumber: number;
  /** The id that the event of this number had when it was handled, where it is known. */
  readonly eventId: string | undefined;

  constructor({ subscription, partition, sequenceNumber, eventId }: CheckpointAheadOfLogErrorOptions) {
    const event = eventId === undefined ? "" : `, the event ${eventId}`;
    super(
      `The partition ${partition} of the subscription ${JSON.stringify(subscription)} is done up to sequence number ${sequenceNumber}${event}, which its source does not have: the log was restored from an older backup, is a lagging standby, or is a different log. Nothing was handled. Once the log is the right one, reset the partition.`,
      { code: "CHECKPOINT_AHEAD_OF_LOG" },
    );
    this.subscription = subscription;
    this.partition = partition;
    this.sequenceNumber = sequenceNumber;
    this.eventId = eventId;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    CHECKPOINT_AHEAD_OF_LOG: CheckpointAheadOfLogError;
  }
}
