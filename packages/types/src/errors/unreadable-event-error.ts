import { EventfoldError } from "./eventfold-error.ts";

/** Where an event is stored, and its id: what is known of it even if it cannot be read. */
export interface EventLocation {
  readonly id: string;
  readonly category: string;
  readonly stream: string;
  readonly position: number;
  readonly sequenceNumber: number;
}

/** What an {@link UnreadableEventError} is made from. */
export interface UnreadableEventErrorOptions {
  readonly event: EventLocation;
  /** Why it cannot be read, as the end of a sentence: `its payload or metadata is not JSON`. */
  readonly reason: string;
  /** What decoding it threw. */
  readonly cause?: unknown;
}

/**
 * An event is in the log, but cannot be read: its stored text is damaged, or its decoder failed. The events before and after it can
 * be read by scans that leave it out.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "UNREADABLE_EVENT")) console.log(error.event.sequenceNumber);
 * ```
 */
export class UnreadableEventError extends EventfoldError {
  declare readonly code: "UNREADABLE_EVENT";
  /** Which event it is. */
  readonly event: EventLocation;
  readonly isUnreadableEvent = true;

  constructor({ event, reason, cause }: UnreadableEventErrorOptions) {
    const { id, category, stream, position, sequenceNumber } = event;
    super(
      `The event with sequence number ${sequenceNumber} cannot be read, at position ${position} of the stream ${JSON.stringify(stream)} in the category ${JSON.stringify(category)}: ${reason}.`,
      { code: "UNREADABLE_EVENT", cause },
    );
    this.event = { id, category, stream, position, sequenceNumber }; // without its payload, which nobody should find in a log
  }
}
