import { EventfoldError } from "@eventfold/types";

/** What an {@link UnhandledEventError} is made from. */
export interface UnhandledEventErrorOptions {
  /** The name of the projector. */
  readonly projector: string;
  readonly event: { readonly id: string; readonly name: string; readonly sequenceNumber: number };
}

/**
 * A projector met an event that it has no handler for, and its `onUnhandledEvent` is `"fail"`. Give it a handler, narrow
 * the source by `nameIn`, or accept such events by `onUnhandledEvent: "ignore"`.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "UNHANDLED_EVENT")) console.log(error.eventName, error.sequenceNumber);
 * ```
 */
export class UnhandledEventError extends EventfoldError {
  declare readonly code: "UNHANDLED_EVENT";
  /** The name of the projector. */
  readonly projector: string;
  /** The id of the event. */
  readonly eventId: string;
  /** The name of the event. */
  readonly eventName: string;
  /** The sequence number of the event. */
  readonly sequenceNumber: number;

  constructor({ projector, event }: UnhandledEventErrorOptions) {
    super(
      `The projector ${JSON.stringify(projector)} has no handler for the event ${JSON.stringify(event.name)} (sequence number ${event.sequenceNumber}). Add one, or set onUnhandledEvent: "ignore".`,
      { code: "UNHANDLED_EVENT" },
    );
    this.projector = projector;
    this.eventId = event.id;
    this.eventName = event.name;
    this.sequenceNumber = event.sequenceNumber;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    UNHANDLED_EVENT: UnhandledEventError;
  }
}
