import { EventfoldError } from "./eventfold-error.ts";

/**
 * Event ids that are stored already, and not as a repeat of this publish: in another stream, in another order, or only
 * some of them; or one id twice in the same publish. Nothing was stored.
 */
export class DuplicateEventIdError extends EventfoldError {
  declare readonly code: "DUPLICATE_EVENT_ID";
  /** The ids, in the order of the publish. */
  readonly ids: readonly string[];

  constructor(ids: readonly string[]) {
    super(`Event ids must be unique in the log, but these are taken: ${listed(ids)}. Nothing was stored.`, {
      code: "DUPLICATE_EVENT_ID",
    });
    this.ids = ids;
  }
}

function listed(ids: readonly string[]): string {
  return ids.length <= 3 ? ids.join(", ") : `${ids.slice(0, 3).join(", ")} and ${ids.length - 3} more`;
}
