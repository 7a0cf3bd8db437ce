import { EventfoldError } from "@eventfold/types";

/** What a {@link LockLostError} is made from. */
export interface LockLostErrorOptions {
  /** The name of the lock. */
  readonly lock: string;
  readonly fencingToken: number;
  /** The error after which the lock manager could not go on, if that is the reason. */
  readonly cause?: unknown;
}

/**
 * A lock was lost while its holder was at work: the holder gave no sign of life for `leaseMs`, or was replaced. Somebody else may have
 * worked at the same time. This error is the reason of the work's `signal`, and `withLock` rejects with it even if the work was
 * completed.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "LOCK_LOST")) console.log(error.lock, error.fencingToken);
 * ```
 */
export class LockLostError extends EventfoldError {
  declare readonly code: "LOCK_LOST";
  /** The name of the lock. */
  readonly lock: string;
  /** The token that its holder had: later holders have higher ones. */
  readonly fencingToken: number;

  constructor({ lock, fencingToken, cause }: LockLostErrorOptions) {
    super(
      `The lock ${JSON.stringify(lock)} with the fencing token ${fencingToken} was lost while its holder was at work: others may hold it by now. Check what was done before you do it again.`,
      { code: "LOCK_LOST", cause },
    );
    this.lock = lock;
    this.fencingToken = fencingToken;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    LOCK_LOST: LockLostError;
  }
}
