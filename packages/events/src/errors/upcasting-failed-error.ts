import { EventfoldError, type EventLocation } from "@eventfold/types";

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    UPCASTING_FAILED: UpcastingFailedError;
  }
}

/** A link of the chain by which old events are read. */
export interface UpcastingLink {
  /** The version that the link takes; for the reader of an old name, the version that was stored. */
  readonly from: number;
  /** The version that it gives; `undefined` for the reader of an old name. */
  readonly to: number | undefined;
}

/** What an {@link UpcastingFailedError} is made from. */
export interface UpcastingFailedErrorOptions {
  readonly event: EventLocation & { readonly name: string; readonly version: number };
  readonly link: UpcastingLink;
  /** What went wrong, as the end of a sentence. */
  readonly reason: string;
  readonly cause?: unknown;
}

/**
 * A link that brings an old event to today's shape threw, or gave something that is no payload. A link that gives what
 * the next one does not expect shows as a failure of the next one.
 */
export class UpcastingFailedError extends EventfoldError {
  declare readonly code: "UPCASTING_FAILED";
  /** Which event it is. */
  readonly event: EventLocation;
  readonly eventName: string;
  /** The version that it was stored with. */
  readonly eventVersion: number;
  /** The link that failed. */
  readonly link: UpcastingLink;
  readonly isUnreadableEvent = true;

  constructor({ event, link, reason, cause }: UpcastingFailedErrorOptions) {
    const { name, version, id, category, stream, position, sequenceNumber } = event;
    const failed =
      link.to === undefined ? "what reads this old name" : `its upcaster from version ${link.from} to ${link.to}`;
    super(
      `The event ${JSON.stringify(name)} ${id} (version ${version}, sequence number ${sequenceNumber}) cannot be read: ${failed} ${reason}, at position ${position} of the stream ${JSON.stringify(stream)} in the category ${JSON.stringify(category)}.`,
      { code: "UPCASTING_FAILED", cause },
    );
    this.event = { id, category, stream, position, sequenceNumber };
    this.eventName = name;
    this.eventVersion = version;
    this.link = link;
  }
}
