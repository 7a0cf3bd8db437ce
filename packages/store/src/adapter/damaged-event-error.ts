import { type EventLocation, UnreadableEventError } from "@eventfold/types";

/**
 * What an adapter rejects with when the stored JSON of an event cannot be read. It names the event, so that it can be
 * found and restored.
 *
 * @param cause what parsing it threw.
 */
export function damagedEventError(event: EventLocation, cause: unknown): UnreadableEventError {
  return new UnreadableEventError({
    event,
    reason: "its payload or metadata is not JSON. Restore it from a backup",
    cause,
  });
}
