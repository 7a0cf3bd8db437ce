import { EventfoldError } from "@eventfold/types";

/** What a {@link SubscriptionBusyError} is made from. */
export interface SubscriptionBusyErrorOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  /** The names of the nodes that hold partitions of it. */
  readonly nodes: readonly string[];
}

/**
 * A subscription cannot be consumed without a broker while nodes hold partitions of it. Stop them, or let them do the work.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "SUBSCRIPTION_BUSY")) console.log(error.nodes);
 * ```
 */
export class SubscriptionBusyError extends EventfoldError {
  declare readonly code: "SUBSCRIPTION_BUSY";
  /** The name of the subscription. */
  readonly subscription: string;
  /** The names of the nodes that hold partitions of it. */
  readonly nodes: readonly string[];

  constructor({ subscription, nodes }: SubscriptionBusyErrorOptions) {
    super(
      `The subscription ${JSON.stringify(subscription)} cannot be consumed here: ${nodes.join(", ")} hold${nodes.length === 1 ? "s" : ""} partitions of it. Stop them, or let them do the work.`,
      { code: "SUBSCRIPTION_BUSY", isRetryable: true },
    );
    this.subscription = subscription;
    this.nodes = nodes;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    SUBSCRIPTION_BUSY: SubscriptionBusyError;
  }
}
