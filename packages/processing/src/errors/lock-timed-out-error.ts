import { EventfoldError } from "@eventfold/types";

/** What a {@link LockTimedOutError} is made from. */
export interface LockTimedOutErrorOptions {
  /** The name of the lock. */
  readonly lock: string;
  /** How long was waited, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Others held the lock for the whole time that the caller was willing to wait. The work was not begun.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "LOCK_TIMED_OUT")) console.log(error.lock, error.timeoutMs);
 * ```
 */
export class LockTimedOutError extends EventfoldError {
  declare readonly code: "LOCK_TIMED_OUT";
  /** The name of the lock. */
  readonly lock: string;
  /** How long was waited, in milliseconds. */
  readonly timeoutMs: number;

  constructor({ lock, timeoutMs }: LockTimedOutErrorOptions) {
    super(
      `The lock ${JSON.stringify(lock)} was not free within ${timeoutMs} ms, so the work was not begun. Wait longer, or try again later.`,
      { code: "LOCK_TIMED_OUT", isRetryable: true },
    );
    this.lock = lock;
    this.timeoutMs = timeoutMs;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    LOCK_TIMED_OUT: LockTimedOutError;
  }
}
