import { EventfoldError } from "./eventfold-error.ts";

/**
 * A publish, a transaction or a close was called on the outer store or adapter inside a transaction's callback. It
 * would wait forever for a transaction that waits for it. Use `store.within(tx)` inside the callback.
 */
export class NestedPublishError extends EventfoldError {
  declare readonly code: "NESTED_PUBLISH";

  constructor() {
    super(
      "This call would wait for the transaction in which it is made. Use `store.within(tx)` inside a transaction's callback.",
      { code: "NESTED_PUBLISH" },
    );
  }
}

/** The transaction had been committed or rolled back before the call. */
export class TransactionEndedError extends EventfoldError {
  declare readonly code: "TRANSACTION_ENDED";

  constructor({ cause }: { readonly cause?: unknown } = {}) {
    super("The transaction has ended. Await everything that uses it inside its callback.", {
      code: "TRANSACTION_ENDED",
      cause,
    });
  }
}

/** Events cannot be published in the transaction: it has another isolation level, or is not open. */
export class UnsuitableTransactionError extends EventfoldError {
  declare readonly code: "UNSUITABLE_TRANSACTION";

  constructor(message: string, { cause }: { readonly cause?: unknown } = {}) {
    super(message, { code: "UNSUITABLE_TRANSACTION", cause });
  }
}
