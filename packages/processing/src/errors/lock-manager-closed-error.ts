import { EventfoldError } from "@eventfold/types";

/** What a {@link LockManagerClosedError} is made from. */
export interface LockManagerClosedErrorOptions {
  /** The name of the lock manager. */
  readonly node: string;
}

/**
 * The lock manager was closed before a lock was taken, or while somebody waited for one. It is also the reason of the `signal` of work
 * that holds a lock at that time.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "LOCK_MANAGER_CLOSED")) console.log(error.node);
 * ```
 */
export class LockManagerClosedError extends EventfoldError {
  declare readonly code: "LOCK_MANAGER_CLOSED";
  /** The name of the lock manager. */
  readonly node: string;

  constructor({ node }: LockManagerClosedErrorOptions) {
    super(`The lock manager ${JSON.stringify(node)} was closed. Make a new one.`, { code: "LOCK_MANAGER_CLOSED" });
    this.node = node;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    LOCK_MANAGER_CLOSED: LockManagerClosedError;
  }
}
