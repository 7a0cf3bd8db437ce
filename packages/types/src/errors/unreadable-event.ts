import type { EventfoldError } from "./eventfold-error.ts";
import { isEventfoldError } from "./is-eventfold-error.ts";
import type { EventLocation } from "./unreadable-event-error.ts";

/**
 * An error which says that an event is in the log and cannot be read, whatever the reason: `UnreadableEventError`, and
 * errors of other packages that tell more. Those who can pass over the event need no more than its place.
 */
export interface UnreadableEvent extends EventfoldError {
  readonly isUnreadableEvent: true;
  /** Which event it is. */
  readonly event: EventLocation;
}

/**
 * Whether an error says that an event cannot be read, whatever the reason.
 *
 * @example
 * ```ts
 * if (isUnreadableEvent(error)) console.log("cannot be read:", error.event.sequenceNumber);
 * ```
 */
export function isUnreadableEvent(error: unknown): error is UnreadableEvent {
  return isEventfoldError(error) && "isUnreadableEvent" in error && error.isUnreadableEvent === true;
}
