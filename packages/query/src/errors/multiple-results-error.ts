import { EventfoldError } from "@eventfold/types";

/** What a {@link MultipleResultsError} is made from. */
export interface MultipleResultsErrorOptions {
  /** The ids of the first two documents found, in the order of ids. */
  readonly ids: readonly string[];
}

/**
 * A lookup, which expects one document or none, found more than one. Narrow its filters, or search.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "MULTIPLE_RESULTS")) console.log(error.ids); // ["acc-1", "acc-7"]
 * ```
 */
export class MultipleResultsError extends EventfoldError {
  declare readonly code: "MULTIPLE_RESULTS";
  /** The ids of the first two documents found, in the order of ids. */
  readonly ids: readonly string[];

  constructor({ ids }: MultipleResultsErrorOptions) {
    super(
      `A lookup expects at most one document and found more: ${ids.map((id) => JSON.stringify(id)).join(", ")}. Narrow its filters, or search.`,
      { code: "MULTIPLE_RESULTS" },
    );
    this.ids = Object.freeze([...ids]);
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    MULTIPLE_RESULTS: MultipleResultsError;
  }
}
