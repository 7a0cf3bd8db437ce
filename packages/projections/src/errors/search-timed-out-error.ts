import { EventfoldError } from "@eventfold/types";

/** What a {@link SearchTimedOutError} is made from. */
export interface SearchTimedOutErrorOptions {
  /** The limit, in milliseconds. */
  readonly timeoutMs: number;
  readonly cause?: unknown;
}

/**
 * A `search`, `lookup` or `count` took longer than the limit, or was cancelled on the server. The identical call would
 * take as long: narrow its filters, declare an index on one of their paths, or allow more time.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "SEARCH_TIMED_OUT")) console.log(error.timeoutMs);
 * ```
 */
export class SearchTimedOutError extends EventfoldError {
  declare readonly code: "SEARCH_TIMED_OUT";
  /** The limit, in milliseconds: the adapter's `searchTimeoutMs`. */
  readonly timeoutMs: number;

  constructor({ timeoutMs, cause }: SearchTimedOutErrorOptions) {
    super(
      `The search took longer than its limit of ${timeoutMs} ms, or was cancelled. Narrow its filters, or declare an index.`,
      { code: "SEARCH_TIMED_OUT", cause },
    );
    this.timeoutMs = timeoutMs;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    SEARCH_TIMED_OUT: SearchTimedOutError;
  }
}
