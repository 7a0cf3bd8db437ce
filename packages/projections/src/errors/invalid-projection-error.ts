import { EventfoldError } from "@eventfold/types";

/** What an {@link InvalidProjectionError} is made from. */
export interface InvalidProjectionErrorOptions {
  /** The name of the projection. */
  readonly projection: string;
  readonly path: string;
  readonly reason: string;
  readonly cause?: unknown;
}

/**
 * A projection is not valid: a handler returned nothing or a promise, the state holds what JSON cannot carry, or the
 * projection to continue belongs to another projector. Nothing was stored; `path` and `reason` say where and why.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "INVALID_PROJECTION")) console.log(error.path, error.reason); // state.total, NaN is not a JSON number
 * ```
 */
export class InvalidProjectionError extends EventfoldError {
  declare readonly code: "INVALID_PROJECTION";
  /** The name of the projection. */
  readonly projection: string;
  /** Where the fault lies: `state.items[0].price`. */
  readonly path: string;
  /** What is wrong there. */
  readonly reason: string;

  constructor({ projection, path, reason, cause }: InvalidProjectionErrorOptions) {
    super(`Invalid projection ${JSON.stringify(projection)} at ${path}: ${reason}.`, {
      code: "INVALID_PROJECTION",
      cause,
    });
    this.projection = projection;
    this.path = path;
    this.reason = reason;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    INVALID_PROJECTION: InvalidProjectionError;
  }
}
