import { EventfoldError } from "@eventfold/types";

/** What a {@link ParkedEventsLeftError} is made from. */
export interface ParkedEventsLeftErrorOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  /** How many of its events are parked. */
  readonly parked: number;
}

/**
 * A subscription was not removed, because events of it are parked that nobody could replay any more. Look at them, and then replay or drop
 * them, or remove the subscription `withParked`.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "PARKED_EVENTS_LEFT")) console.log(error.parked);
 * ```
 */
export class ParkedEventsLeftError extends EventfoldError {
  declare readonly code: "PARKED_EVENTS_LEFT";
  /** The name of the subscription. */
  readonly subscription: string;
  /** How many of its events are parked. */
  readonly parked: number;

  constructor({ subscription, parked }: ParkedEventsLeftErrorOptions) {
    super(
      `The subscription ${JSON.stringify(subscription)} was not removed: ${parked} of its events ${parked === 1 ? "is" : "are"} parked, and nobody could replay them any more. Replay or drop them first, or remove it "withParked".`,
      { code: "PARKED_EVENTS_LEFT", isRetryable: false },
    );
    this.subscription = subscription;
    this.parked = parked;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    PARKED_EVENTS_LEFT: ParkedEventsLeftError;
  }
}
