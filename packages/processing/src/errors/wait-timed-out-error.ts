import { EventfoldError } from "@eventfold/types";

/** What a {@link WaitTimedOutError} is made from. */
export interface WaitTimedOutErrorOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  /** How long was waited, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * What was waited for was not handled within the time that was given. It may be handled later: nothing was given up but the wait.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "WAIT_TIMED_OUT")) console.log(error.timeoutMs);
 * ```
 */
export class WaitTimedOutError extends EventfoldError {
  declare readonly code: "WAIT_TIMED_OUT";
  /** The name of the subscription. */
  readonly subscription: string;
  /** How long was waited, in milliseconds. */
  readonly timeoutMs: number;

  constructor({ subscription, timeoutMs }: WaitTimedOutErrorOptions) {
    super(
      `The subscription ${JSON.stringify(subscription)} has not come so far within ${timeoutMs} ms. It goes on; see its status for what holds it up.`,
      { code: "WAIT_TIMED_OUT", isRetryable: true },
    );
    this.subscription = subscription;
    this.timeoutMs = timeoutMs;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    WAIT_TIMED_OUT: WaitTimedOutError;
  }
}
