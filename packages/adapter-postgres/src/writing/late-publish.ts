import type { PreparedEvent } from "@eventfold/store";
import type { NewEvent, PreparedWrite } from "@eventfold/types";
import { parseJson, StorageBusyError, StorageUnavailableError } from "@eventfold/types";
import { isConnectionLoss } from "../errors/sqlstate.ts";
import type { Publish } from "./publish.ts";

/** The error of a publish whose time is over, by what last stood in its way; `undefined`: it never had its turn. */
export function lateError(publish: Publish, obstacle: unknown): Error {
  if (obstacle !== undefined && isConnectionLoss(obstacle)) {
    return new StorageUnavailableError(
      "PostgreSQL could not be reached, or its reply was lost, and `writeTimeoutMs` is over. Publishing `preparedWrites` again is safe.",
      { cause: obstacle, preparedWrites: publish.writes.map(preparedWrite) },
    );
  }
  return new StorageBusyError("The turn of this publish did not come within `writeTimeoutMs`. Nothing was stored.", {
    cause: obstacle,
  });
}

function preparedWrite({ category, stream, events }: Publish["writes"][number]): PreparedWrite {
  return { category, stream, events: events.map(newEventFrom) };
}

function newEventFrom(event: PreparedEvent): NewEvent {
  return {
    id: event.id,
    name: event.name,
    payload: parseJson(event.payload),
    metadata: event.metadata === null ? null : parseJson(event.metadata),
    version: event.version,
    observedAt: new Date(event.observedAtMs),
    occurredAt: new Date(event.occurredAtMs),
  };
}
