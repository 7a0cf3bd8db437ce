import { EventfoldError } from "@eventfold/types";

/** What a {@link LeaseLostError} is made from. */
export interface LeaseLostErrorOptions {
  /** The id of the subscription. */
  readonly subscription: number;
  readonly partition: number;
  readonly cause?: unknown;
}

/**
 * A transaction was to commit together with a checkpoint, but by now the partition has another owner or another checkpoint. The
 * transaction was rolled back: whoever owns the partition handles its events. The identical call would be refused again.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "LEASE_LOST")) console.log(error.subscription, error.partition);
 * ```
 */
export class LeaseLostError extends EventfoldError {
  declare readonly code: "LEASE_LOST";
  /** The id of the subscription. */
  readonly subscription: number;
  readonly partition: number;

  constructor({ subscription, partition, cause }: LeaseLostErrorOptions) {
    super(
      `The partition ${partition} of the subscription with the id ${subscription} has another owner, or its checkpoint or its parked events have changed since they were seen. The transaction was rolled back; claim the partition again, and go on from what is stored.`,
      { code: "LEASE_LOST", cause },
    );
    this.subscription = subscription;
    this.partition = partition;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    LEASE_LOST: LeaseLostError;
  }
}
