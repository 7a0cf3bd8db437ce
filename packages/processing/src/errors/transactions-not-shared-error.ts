import { EventfoldError } from "@eventfold/types";

/** The values that a {@link TransactionsNotSharedError} is made from. */
export interface TransactionsNotSharedErrorOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  readonly cause?: unknown;
}

/**
 * A subscription wants transactions of an adapter whose database the processing storage of the broker does not share, so no checkpoint
 * can be committed in them. Nothing was started.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "TRANSACTIONS_NOT_SHARED")) console.log(error.subscription);
 * ```
 */
export class TransactionsNotSharedError extends EventfoldError {
  declare readonly code: "TRANSACTIONS_NOT_SHARED";
  /** The name of the subscription. */
  readonly subscription: string;

  constructor({ subscription, cause }: TransactionsNotSharedErrorOptions) {
    super(
      `The subscription ${JSON.stringify(subscription)} wants transactions of an adapter whose database the broker's processing storage does not share. Nothing was started; open the processing storage with that adapter as \`shareWith\`, or give the subscription no \`transactions\`.`,
      { code: "TRANSACTIONS_NOT_SHARED", cause },
    );
    this.subscription = subscription;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    TRANSACTIONS_NOT_SHARED: TransactionsNotSharedError;
  }
}
