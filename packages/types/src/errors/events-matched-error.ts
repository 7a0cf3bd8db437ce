import { EventfoldError } from "./eventfold-error.ts";

/** Which event kept a publish from being stored. */
export interface EventsMatched {
  /** The sequence number of the first event above `after` that matches. */
  readonly sequenceNumber: number;
  /** The number above which events were looked for; 0: all of them. */
  readonly after: number;
  /** The query, as it was given. */
  readonly query: unknown;
}

/**
 * An event matches the query of `failIf`, so nothing was stored. Read the boundary again, decide again, publish again:
 * `retryOnUnmetCondition` does that. `isRetryable` is false, since the identical call would be refused again.
 */
export class EventsMatchedError extends EventfoldError implements EventsMatched {
  declare readonly code: "EVENTS_MATCHED";
  readonly sequenceNumber: number;
  readonly after: number;
  readonly query: unknown;

  constructor({ sequenceNumber, after, query }: EventsMatched) {
    const since = after === 0 ? "" : `, published since the boundary was read (after sequence number ${after})`;
    const advice =
      after === 0
        ? "Publish something else, or accept it by ignoreUnmetCondition."
        : "Read the boundary again and decide again, as retryOnUnmetCondition does.";
    super(
      `The event with sequence number ${sequenceNumber} matches the query of failIf${since}. Nothing was stored. ${advice}`,
      { code: "EVENTS_MATCHED" },
    );
    this.sequenceNumber = sequenceNumber;
    this.after = after;
    this.query = query;
  }
}
