import { EventfoldError } from "@eventfold/types";

/** What was not opened on the database of the transactions. */
export type UnsharedStorage = "processing" | "projections";

/** The values that a {@link TransactionsNotSharedError} is made from. */
export interface TransactionsNotSharedErrorOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  readonly storage: UnsharedStorage;
  readonly cause?: unknown;
}

const WHOSE = { processing: "the broker's processing storage", projections: "its projection store" };

/**
 * A subscription wants transactions of an adapter whose database the processing storage of the broker does not share, so no checkpoint
 * can be committed in them; or, for a `projectionSubscription`, its projection store does not share it. Nothing was started.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "TRANSACTIONS_NOT_SHARED")) console.log(error.subscription, error.storage);
 * ```
 */
export class TransactionsNotSharedError extends EventfoldError {
  declare readonly code: "TRANSACTIONS_NOT_SHARED";
  /** The name of the subscription. */
  readonly subscription: string;
  /** What does not share the database. */
  readonly storage: UnsharedStorage;

  constructor({ subscription, storage, cause }: TransactionsNotSharedErrorOptions) {
    super(
      `The subscription ${JSON.stringify(subscription)} wants transactions of an adapter whose database ${WHOSE[storage]} does not share. Nothing was started; open the ${storage} storage with that adapter as \`shareWith\`, or give the subscription no \`transactions\`.`,
      { code: "TRANSACTIONS_NOT_SHARED", cause },
    );
    this.subscription = subscription;
    this.storage = storage;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    TRANSACTIONS_NOT_SHARED: TransactionsNotSharedError;
  }
}
