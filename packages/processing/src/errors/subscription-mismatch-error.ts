import { EventfoldError } from "@eventfold/types";

/** What a {@link SubscriptionMismatchError} is made from. */
export interface SubscriptionMismatchErrorOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  readonly stored: SubscriptionIdentity;
  readonly given: SubscriptionIdentity;
}

/** What must not change as long as a subscription exists. */
export interface SubscriptionIdentity {
  readonly source: string;
  readonly partitioning: string;
}

/**
 * A subscription of this name is registered with a different source or partitioning. Its checkpoints would mean something else,
 * so nothing was started. Give the new subscription a name of its own.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "SUBSCRIPTION_MISMATCH")) console.log(error.subscription, error.stored.source);
 * ```
 */
export class SubscriptionMismatchError extends EventfoldError {
  declare readonly code: "SUBSCRIPTION_MISMATCH";
  /** The name of the subscription. */
  readonly subscription: string;
  readonly stored: SubscriptionIdentity;
  readonly given: SubscriptionIdentity;

  constructor({ subscription, stored, given }: SubscriptionMismatchErrorOptions) {
    super(
      `The subscription ${JSON.stringify(subscription)} is registered with the source ${stored.source}, partitioned by ${stored.partitioning}, but was given ${given.source}, partitioned by ${given.partitioning}. Nothing was started; give the new subscription another name.`,
      { code: "SUBSCRIPTION_MISMATCH" },
    );
    this.subscription = subscription;
    this.stored = stored;
    this.given = given;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    SUBSCRIPTION_MISMATCH: SubscriptionMismatchError;
  }
}
