import { EventfoldError } from "@eventfold/types";

/** What a {@link SubscriptionRemovedError} is made from. */
export interface SubscriptionRemovedErrorOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  /** The name of the node. */
  readonly node: string;
}

/**
 * A subscription was removed while a node had a handler for it: the node was frozen for so long that others had taken it for dead, or it
 * had only begun to start. The node cannot go on, for no checkpoint says where. If it is started again, it stores the subscription anew,
 * and begins by its `startFrom`.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "SUBSCRIPTION_REMOVED")) console.log(error.subscription, error.node);
 * ```
 */
export class SubscriptionRemovedError extends EventfoldError {
  declare readonly code: "SUBSCRIPTION_REMOVED";
  /** The name of the subscription. */
  readonly subscription: string;
  /** The name of the node. */
  readonly node: string;

  constructor({ subscription, node }: SubscriptionRemovedErrorOptions) {
    super(
      `The subscription ${JSON.stringify(subscription)} was removed while ${JSON.stringify(node)} had a handler for it, so the node cannot go on. If the subscription is wanted, start the node again: it then begins by "startFrom".`,
      { code: "SUBSCRIPTION_REMOVED", isRetryable: false },
    );
    this.subscription = subscription;
    this.node = node;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    SUBSCRIPTION_REMOVED: SubscriptionRemovedError;
  }
}
