import { EventfoldError } from "@eventfold/types";

/** What a {@link LockManagerClosedError} is made from. */
export interface LockManagerClosedErrorOptions {
  /** The name of the lock manager. */
  readonly node: string;
}

/**
 * A lock was to be taken, or was waited for, and its lock manager was closed. Of work that holds a lock meanwhile it is the reason of its
 * `signal`.
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
    super(`The lock manager ${JSON.stringify(node)} was closed. Make another one.`, { code: "LOCK_MANAGER_CLOSED" });
    this.node = node;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    LOCK_MANAGER_CLOSED: LockManagerClosedError;
  }
}
