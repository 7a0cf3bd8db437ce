import { EventfoldError } from "@eventfold/types";

/** What a {@link SubscriptionBusyError} is made from. */
export interface SubscriptionBusyErrorOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  /** The names of the nodes that hold partitions of it or, for a removal, have a handler for it. */
  readonly nodes: readonly string[];
  /** What was to be done with it: where checkpoints are copied to a subscription, it is overwritten. */
  readonly wanted: "consumed" | "removed" | "overwritten";
}

const REMEDIES = {
  consumed: "Stop them, or let them do the work.",
  removed: "Stop them, or take it out of what they are given, first.",
  overwritten: "Stop them first.",
};

/**
 * A subscription can neither be consumed without a broker while nodes hold partitions of it, nor removed while nodes have a handler for it.
 * Stop them, or let them do the work.
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
  /** The names of the nodes that hold partitions of it or, for a removal, have a handler for it. */
  readonly nodes: readonly string[];

  constructor({ subscription, nodes, wanted }: SubscriptionBusyErrorOptions) {
    super(
      `The subscription ${JSON.stringify(subscription)} cannot be ${wanted}: ${nodes.join(", ")} work${nodes.length === 1 ? "s" : ""} on it. ${REMEDIES[wanted]}`,
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
