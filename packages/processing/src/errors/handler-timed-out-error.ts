import { EventfoldError } from "@eventfold/types";

/** What a {@link HandlerTimedOutError} is made from. */
export interface HandlerTimedOutErrorOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  /** The limit, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * A handler took longer than the `handlerTimeoutMs` of its subscription. Its signal was aborted, and the broker does not wait for it
 * to end. This counts as a failure, as if the handler had thrown.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "HANDLER_TIMED_OUT")) console.log(error.timeoutMs);
 * ```
 */
export class HandlerTimedOutError extends EventfoldError {
  declare readonly code: "HANDLER_TIMED_OUT";
  /** The name of the subscription. */
  readonly subscription: string;
  /** The limit, in milliseconds. */
  readonly timeoutMs: number;

  constructor({ subscription, timeoutMs }: HandlerTimedOutErrorOptions) {
    super(
      `The handler of the subscription ${JSON.stringify(subscription)} did not end within ${timeoutMs} ms. Its signal was aborted; let the handler heed it, or raise handlerTimeoutMs.`,
      { code: "HANDLER_TIMED_OUT" },
    );
    this.subscription = subscription;
    this.timeoutMs = timeoutMs;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    HANDLER_TIMED_OUT: HandlerTimedOutError;
  }
}
