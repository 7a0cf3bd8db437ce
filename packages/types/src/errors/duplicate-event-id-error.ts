import { EventfoldError } from "./eventfold-error.ts";

/**
 * Event ids are stored already, but the publish is not a repeat: they are in another stream, in another order, or only
 * some of them are stored; or one id appears twice in the publish. Nothing was stored.
 */
export class DuplicateEventIdError extends EventfoldError {
  declare readonly code: "DUPLICATE_EVENT_ID";
  /** The ids, in the order of the publish. */
  readonly ids: readonly string[];

  constructor(ids: readonly string[]) {
    super(
      `Event ids must be unique in the log, but these are taken: ${listed(ids)}. Nothing was stored. To repeat a publish, repeat all of its events, in the same streams and order; give other events ids of their own.`,
      {
        code: "DUPLICATE_EVENT_ID",
      },
    );
    this.ids = ids;
  }
}

function listed(ids: readonly string[]): string {
  return ids.length <= 3 ? ids.join(", ") : `${ids.slice(0, 3).join(", ")} and ${ids.length - 3} more`;
}
