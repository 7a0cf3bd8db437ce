import type { PreparedEvent, SaveRequest } from "@eventfold/store";
import { isEventfoldError, type NewEvent, type PreparedWrite, StorageUnavailableError } from "@eventfold/types";
import { storageErrorOf } from "../connection/storage-error.ts";

/**
 * The library's error for a publish that failed. Where it is not known whether the write took place, it carries the
 * events as they were prepared, so that the publish can be repeated safely.
 */
export function publishErrorOf(error: unknown, request: SaveRequest): Error {
  const translated = storageErrorOf(error);
  if (!isEventfoldError(translated, "STORAGE_UNAVAILABLE")) return translated;
  const preparedWrites = request.writes.map(
    ({ category, stream, events }): PreparedWrite => ({ category, stream, events: events.map(newEventOf) }),
  );
  return new StorageUnavailableError(translated.message, { cause: translated.cause, preparedWrites });
}

function newEventOf(event: PreparedEvent): NewEvent {
  const { id, name, payload, metadata, version, observedAtMs, occurredAtMs } = event;
  return {
    id,
    name,
    version,
    payload: JSON.parse(payload),
    ...(metadata === null ? {} : { metadata: JSON.parse(metadata) }),
    observedAt: new Date(observedAtMs),
    occurredAt: new Date(occurredAtMs),
  };
}
