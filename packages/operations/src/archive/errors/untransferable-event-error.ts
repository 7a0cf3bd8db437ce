import { EventfoldError, type EventLocation } from "@eventfold/types";

/** What an {@link UntransferableEventError} is made from. */
export interface UntransferableEventErrorOptions {
  readonly event: EventLocation;
  /** What refused it, with the place in the event and the reason. */
  readonly cause: Error;
}

/**
 * An event cannot go from one log to another as it is: the library would not have stored it so. Events before it may have been
 * moved. Where it is only written in another way than the library writes (`1.0`, `1e400`, a name twice), `asRead` moves what it
 * is read as; its text, and so the digest of the log, is another one then.
 */
export class UntransferableEventError extends EventfoldError {
  declare readonly code: "UNTRANSFERABLE_EVENT";
  /** Which event it is. */
  readonly event: EventLocation;

  constructor({ event, cause }: UntransferableEventErrorOptions) {
    const { id, category, stream, position, sequenceNumber } = event;
    super(
      `The event with sequence number ${sequenceNumber}, at position ${position} of the stream ${JSON.stringify(stream)} in the category ${JSON.stringify(category)}, cannot be moved as it is: ${cause.message} If it is only written otherwise than the library would write it, it can be moved as it is read.`,
      { code: "UNTRANSFERABLE_EVENT", cause },
    );
    this.event = { id, category, stream, position, sequenceNumber };
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    UNTRANSFERABLE_EVENT: UntransferableEventError;
  }
}
