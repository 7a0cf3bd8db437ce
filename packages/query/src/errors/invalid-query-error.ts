import { EventfoldError } from "@eventfold/types";

/** What an {@link InvalidQueryError} is made from. */
export interface InvalidQueryErrorOptions {
  /** Where the fault lies. */
  readonly path: string;
  /** What is wrong there. */
  readonly reason: string;
}

/**
 * A query, or a part of one, that is malformed. It is thrown when the clause is built or parsed, before any I/O.
 *
 * @example
 * ```ts
 * try {
 *   parseQuery({ filters: [{ kind: "filter", field: "state.total", operator: "is" }] });
 * } catch (error) {
 *   if (isEventfoldError(error, "INVALID_QUERY")) console.log(error.path); // filters[0].operator
 * }
 * ```
 */
export class InvalidQueryError extends EventfoldError {
  declare readonly code: "INVALID_QUERY";
  /** Where the fault is in the query: `filters[0].clauses[1].value`; empty for the query itself. */
  readonly path: string;
  /** What is wrong there. */
  readonly reason: string;

  constructor({ path, reason }: InvalidQueryErrorOptions) {
    super(`Invalid query${path === "" ? "" : ` at ${path}`}: ${reason}.`, { code: "INVALID_QUERY" });
    this.path = path;
    this.reason = reason;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    INVALID_QUERY: InvalidQueryError;
  }
}
