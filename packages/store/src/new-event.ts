import { type AnyEvents, type IdentifiedEvent, type NewEvent, systemClock } from "@eventfold/types";
import { newEventId } from "./event-id.ts";

/**
 * Completes an event with its id, version and times, for callers who may have to publish it again: the second publish
 * is then recognised as a repeat. What it already has is kept. It is validated when it is published.
 *
 * @example
 * ```ts
 * const event = newEvent({ name: "user-registered", payload: { email: "user@example.com" } });
 * await stream.publish({ events: [event] });
 * await stream.publish({ events: [event] }); // stores nothing, returns the same stored event
 * ```
 */
export function newEvent<TEvents extends object = AnyEvents>(event: NewEvent<TEvents>): IdentifiedEvent<TEvents> {
  const observedAt = event.observedAt ?? systemClock.now();
  return {
    ...event,
    id: event.id ?? newEventId(),
    version: event.version ?? 1,
    observedAt,
    occurredAt: event.occurredAt ?? observedAt,
  };
}
