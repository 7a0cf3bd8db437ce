import type { NewestEvent } from "@eventfold/store/adapter";
import { EventfoldError } from "@eventfold/types";

/** What an {@link OtherLogError} is made from. */
export interface OtherLogErrorOptions {
  /** The newest event of the log that was to take the events; `undefined`: it is empty. */
  readonly newest: NewestEvent | undefined;
  /** Why they do not fit, as the end of a sentence: `the archive does not have it`. */
  readonly reason: string;
}

/** Events were to go into a log that they do not belong to: it has events that their own log does not have. Nothing was stored. */
export class OtherLogError extends EventfoldError {
  declare readonly code: "OTHER_LOG";
  /** The newest event of the log that was to take the events; `undefined`: it is empty. */
  readonly newest: NewestEvent | undefined;

  constructor({ newest, reason }: OtherLogErrorOptions) {
    const state =
      newest === undefined
        ? "The log is empty"
        : `The newest event of the log is ${newest.id} with sequence number ${newest.sequenceNumber}`;
    super(
      `${state}, and ${reason}. Nothing was stored. Import into an empty log, or into one that has the beginning of the same events.`,
      {
        code: "OTHER_LOG",
      },
    );
    this.newest = newest;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    OTHER_LOG: OtherLogError;
  }
}
