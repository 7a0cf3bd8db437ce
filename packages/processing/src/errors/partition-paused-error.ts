import { EventfoldError } from "@eventfold/types";

/** What a {@link PartitionPausedError} is made from. */
export interface PartitionPausedErrorOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  /** Counted from 0. */
  readonly partition: number;
  /** What its handler failed with; `undefined` when it was paused on request. */
  readonly reason: string | undefined;
}

/**
 * The events that were waited for are in a partition that is paused, on request or because a handler failed in all its retries. The
 * partition goes on when it is resumed.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "PARTITION_PAUSED")) console.log(error.partition, error.reason);
 * ```
 */
export class PartitionPausedError extends EventfoldError {
  declare readonly code: "PARTITION_PAUSED";
  /** The name of the subscription. */
  readonly subscription: string;
  /** Counted from 0. */
  readonly partition: number;
  /** What its handler failed with; `undefined` when it was paused on request. */
  readonly reason: string | undefined;

  constructor({ subscription, partition, reason }: PartitionPausedErrorOptions) {
    const why =
      reason === undefined
        ? " on request. Resume it"
        : `: ${reason.replace(/\.$/, "")}. Make its handler succeed, then resume it`;
    super(
      `The partition ${partition} of the subscription ${JSON.stringify(subscription)} is paused${why} with ProcessingControl.resume.`,
      { code: "PARTITION_PAUSED" },
    );
    this.subscription = subscription;
    this.partition = partition;
    this.reason = reason;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    PARTITION_PAUSED: PartitionPausedError;
  }
}
