import { EventfoldError } from "@eventfold/types";

/** What a {@link WaitTimedOutError} is made from. */
export interface WaitTimedOutErrorOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  /** How long the call waited, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * The events that were waited for were not handled within the given time. They may be handled later: only the wait has ended.
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
  /** How long the call waited, in milliseconds. */
  readonly timeoutMs: number;

  constructor({ subscription, timeoutMs }: WaitTimedOutErrorOptions) {
    super(
      `The subscription ${JSON.stringify(subscription)} did not get that far within ${timeoutMs} ms. It goes on; its status shows what holds it up.`,
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
