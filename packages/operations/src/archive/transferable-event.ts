import { checkedEventText, type EventText } from "@eventfold/store/adapter";
import { UntransferableEventError } from "./errors/untransferable-event-error.ts";

/**
 * The events of a page, each checked to be one that a publish could have stored.
 *
 * @param asRead whether text that the library would write otherwise is replaced by what it is read as.
 * @throws `UntransferableEventError` (`UNTRANSFERABLE_EVENT`) naming the first that is not.
 */
export function transferableEvents(events: readonly EventText[], asRead: boolean): EventText[] {
  return events.map((event) => {
    try {
      return checkedEventText(event, { asRead });
    } catch (cause) {
      throw new UntransferableEventError({ event, cause: cause as Error });
    }
  });
}
