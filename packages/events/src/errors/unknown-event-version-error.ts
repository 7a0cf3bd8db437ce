import { EventfoldError, type EventLocation } from "@eventfold/types";

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    UNKNOWN_EVENT_VERSION: UnknownEventVersionError;
  }
}

/** What an {@link UnknownEventVersionError} is made from. */
export interface UnknownEventVersionErrorOptions {
  readonly event: EventLocation & { readonly name: string; readonly version: number };
  readonly newestVersion: number;
}

/**
 * A stored event has a newer version than its definition knows: a newer release of the application has written it.
 * Reading it needs the definitions of that release.
 */
export class UnknownEventVersionError extends EventfoldError {
  declare readonly code: "UNKNOWN_EVENT_VERSION";
  /** Which event it is. */
  readonly event: EventLocation;
  readonly eventName: string;
  /** The version that it was stored with. */
  readonly eventVersion: number;
  /** The newest version that is defined. */
  readonly newestVersion: number;
  readonly isUnreadableEvent = true;

  constructor({ event, newestVersion }: UnknownEventVersionErrorOptions) {
    const { name, version, id, category, stream, position, sequenceNumber } = event;
    super(
      `The event ${JSON.stringify(name)} with sequence number ${sequenceNumber} was stored as version ${version}, but the newest that is defined is ${newestVersion}, at position ${position} of the stream ${JSON.stringify(stream)} in the category ${JSON.stringify(category)}. A newer release has written it: read it by the definitions of that release.`,
      { code: "UNKNOWN_EVENT_VERSION" },
    );
    this.event = { id, category, stream, position, sequenceNumber };
    this.eventName = name;
    this.eventVersion = version;
    this.newestVersion = newestVersion;
  }
}
