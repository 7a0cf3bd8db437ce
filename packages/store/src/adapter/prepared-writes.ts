import { type NewEvent, type PreparedWrite, parseJson } from "@eventfold/types";
import type { StreamWrite } from "../storage/event-storage.ts";
import type { PreparedEvent } from "../storage/prepared-event.ts";

/** What was to be published to a stream. */
type PublishedWrite = Pick<StreamWrite, "category" | "stream" | "events">;

/**
 * What was to be published, in a form in which it can be published again: for the error of a publish whose outcome is
 * unknown. The store adds it to a `StorageUnavailableError` without prepared writes.
 *
 * @example
 * ```ts
 * const preparedWrites = preparedWritesOf(request.writes);
 * throw new StorageUnavailableError("The reply was lost.", { preparedWrites });
 * ```
 */
export function preparedWritesOf(writes: readonly PublishedWrite[]): readonly PreparedWrite[] {
  return writes.map(({ category, stream, events }) => ({ category, stream, events: events.map(newEventOf) }));
}

function newEventOf(event: PreparedEvent): NewEvent {
  return {
    id: event.id,
    name: event.name,
    payload: parseJson(event.payload),
    ...(event.metadata === null ? {} : { metadata: parseJson(event.metadata) }),
    version: event.version,
    observedAt: new Date(event.observedAtMs),
    occurredAt: new Date(event.occurredAtMs),
    ...(event.tags.length === 0 ? {} : { tags: event.tags }),
  };
}
