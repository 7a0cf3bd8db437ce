import { EventfoldError } from "@eventfold/types";

/** Why a cursor was refused: it is not one of the library's, or belongs to another version or another query. */
export type InvalidCursorReason = "malformed" | "other_version" | "other_query";

const MESSAGES: Readonly<Record<InvalidCursorReason, string>> = {
  malformed:
    "it is not one that a page gave, or was changed or cut since. Pass `next` or `previous` of a page unchanged",
  other_version: "another version of the library made it. Start again from the first page",
  other_query: "it belongs to a query with other filters or another sort. Keep both while turning pages",
};

/**
 * A cursor that cannot be used with the query it was given to. Start from the first page again.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "INVALID_CURSOR") && error.reason === "other_query") showFirstPage();
 * ```
 */
export class InvalidCursorError extends EventfoldError {
  declare readonly code: "INVALID_CURSOR";
  /** Why it was refused. */
  readonly reason: InvalidCursorReason;

  constructor({ reason }: { readonly reason: InvalidCursorReason }) {
    super(`The cursor cannot be used: ${MESSAGES[reason]}.`, { code: "INVALID_CURSOR" });
    this.reason = reason;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    INVALID_CURSOR: InvalidCursorError;
  }
}
