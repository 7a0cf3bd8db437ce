import { EventfoldError, type EventLocation } from "@eventfold/types";

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    UNKNOWN_EVENT: UnknownEventError;
  }
}

/** What an {@link UnknownEventError} is made from. */
export interface UnknownEventErrorOptions {
  readonly event: EventLocation & { readonly name: string };
}

/** A stored event has a name that is not defined, and the source reads only what is. */
export class UnknownEventError extends EventfoldError {
  declare readonly code: "UNKNOWN_EVENT";
  /** Which event it is. */
  readonly event: EventLocation;
  /** The name that is not defined. */
  readonly eventName: string;
  readonly isUnreadableEvent = true;

  constructor({ event: { name, id, category, stream, position, sequenceNumber } }: UnknownEventErrorOptions) {
    super(
      `The event ${JSON.stringify(name)} with sequence number ${sequenceNumber} is not defined, at position ${position} of the stream ${JSON.stringify(stream)} in the category ${JSON.stringify(category)}. Define it, name it in .reading(), or set unknownEvents: "skip" or "pass".`,
      { code: "UNKNOWN_EVENT" },
    );
    this.event = { id, category, stream, position, sequenceNumber };
    this.eventName = name;
  }
}
