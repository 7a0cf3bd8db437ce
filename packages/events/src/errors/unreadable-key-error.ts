import { EventfoldError } from "@eventfold/types";

/** What an {@link UnreadableKeyError} is made from. */
export interface UnreadableKeyErrorOptions {
  /** The id of the key. */
  readonly key: string;
  readonly subject: string;
  /** Why it cannot be used, as the end of a sentence. */
  readonly reason: string;
  readonly cause?: unknown;
}

/**
 * A key cannot be used: the key store does not have it, although its subject was not forgotten; it is encrypted with a key-encryption key
 * that was not given; or what is stored was changed. Open the right key store, give it the right key-encryption keys, or restore the key.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "UNREADABLE_KEY")) console.log(error.key, error.subject, error.reason);
 * ```
 */
export class UnreadableKeyError extends EventfoldError {
  declare readonly code: "UNREADABLE_KEY";
  /** The id of the key. */
  readonly key: string;
  readonly subject: string;
  /** Why it cannot be used. */
  readonly reason: string;

  constructor({ key, subject, reason, cause }: UnreadableKeyErrorOptions) {
    super(`The key ${JSON.stringify(key)} of the subject ${JSON.stringify(subject)} cannot be used: ${reason}.`, {
      code: "UNREADABLE_KEY",
      cause,
    });
    this.key = key;
    this.subject = subject;
    this.reason = reason;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    UNREADABLE_KEY: UnreadableKeyError;
  }
}
