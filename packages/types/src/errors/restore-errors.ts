import { EventfoldError } from "./eventfold-error.ts";
import type { EventLocation } from "./unreadable-event-error.ts";

/** Which event is the newest of a log: the one with the highest sequence number, in whatever category. */
export interface NewestEvent {
  readonly sequenceNumber: number;
  readonly id: string;
}

/** How a log differs from what a batch of restored events was to go on from. */
export interface LogChange {
  /** Which event was to be the newest; `undefined`: the log was to be empty. */
  readonly expected: NewestEvent | undefined;
  /** Which event is the newest; `undefined`: the log is empty. */
  readonly newest: NewestEvent | undefined;
}

/**
 * Events were to be restored behind one event of the log, but another one is the newest: somebody else writes to the log, or the
 * events belong behind others. Nothing of the batch was stored.
 */
export class LogChangedError extends EventfoldError implements LogChange {
  declare readonly code: "LOG_CHANGED";
  readonly expected: NewestEvent | undefined;
  readonly newest: NewestEvent | undefined;

  constructor({ expected, newest }: LogChange) {
    super(
      `Events were to be restored ${placeBehind(expected)}, but ${described(newest)}. Nothing of this batch was stored. ` +
        "Make sure that nobody else writes to the log, and go on behind its newest event.",
      { code: "LOG_CHANGED" },
    );
    this.expected = expected && { sequenceNumber: expected.sequenceNumber, id: expected.id };
    this.newest = newest;
  }
}

function placeBehind(expected: NewestEvent | undefined): string {
  return expected === undefined
    ? "into an empty log"
    : `behind the event ${expected.id} with sequence number ${expected.sequenceNumber}`;
}

function described(newest: NewestEvent | undefined): string {
  return newest === undefined
    ? "the log is empty"
    : `the newest event of the log is ${newest.id} with sequence number ${newest.sequenceNumber}`;
}

/** What an {@link UnrestorableEventError} is made from. */
export interface UnrestorableEventErrorOptions {
  readonly event: EventLocation;
  /** Why, as the end of a sentence: `the next position of its stream is 4`. */
  readonly reason: string;
}

/** An event cannot be restored to where it was, because it does not fit the log. Nothing of its batch was stored. */
export class UnrestorableEventError extends EventfoldError {
  declare readonly code: "UNRESTORABLE_EVENT";
  /** Which event it is, and where it was to be. */
  readonly event: EventLocation;
  readonly reason: string;

  constructor({ event, reason }: UnrestorableEventErrorOptions) {
    const { id, category, stream, position, sequenceNumber } = event;
    super(
      `The event with sequence number ${sequenceNumber} cannot be restored to position ${position} of the stream ${JSON.stringify(stream)} in the category ${JSON.stringify(category)}: ${reason}. Nothing of its batch was stored.`,
      { code: "UNRESTORABLE_EVENT" },
    );
    this.event = { id, category, stream, position, sequenceNumber };
    this.reason = reason;
  }
}
