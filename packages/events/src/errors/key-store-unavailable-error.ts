import { EventfoldError } from "@eventfold/types";

/** What a {@link KeyStoreUnavailableError} is made from. */
export interface KeyStoreUnavailableErrorOptions {
  /** What the storage of the keys, or their encryption, threw. */
  readonly cause: unknown;
}

/**
 * Keys could not be read or stored, because their storage, or the service that encrypts them, was busy or could not be reached; `cause`
 * says which. Nothing was published, and no event was taken for forgotten. The identical call may succeed.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "KEY_STORE_UNAVAILABLE")) console.log(error.cause);
 * ```
 */
export class KeyStoreUnavailableError extends EventfoldError {
  declare readonly code: "KEY_STORE_UNAVAILABLE";

  constructor({ cause }: KeyStoreUnavailableErrorOptions) {
    super("The key store did not answer, so protected fields could neither be encrypted nor be read. Try again.", {
      code: "KEY_STORE_UNAVAILABLE",
      isRetryable: true,
      cause,
    });
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    KEY_STORE_UNAVAILABLE: KeyStoreUnavailableError;
  }
}
