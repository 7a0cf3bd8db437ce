import type { EventTranslation } from "@eventfold/store";
import type { AnyEvents, EventTable } from "@eventfold/types";

/** The definitions that a table of events is, as `defineEvents` makes them; `undefined` for a plain table. */
export function definitionsOf(events: EventTable<AnyEvents> | EventTranslation): EventTranslation | undefined {
  return "decode" in events ? (events as EventTranslation) : undefined;
}
