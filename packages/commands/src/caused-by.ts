import type { JsonObject, StoredEvent } from "@eventfold/types";

/** The metadata, by convention, of what an event has caused: the id of the event, and of what all of this began with. */
export function causedBy({ id, metadata }: StoredEvent): JsonObject {
  const { correlationId = id } = isObject(metadata) ? metadata : {};
  return { correlationId, causationId: id };
}

function isObject(metadata: StoredEvent["metadata"]): metadata is JsonObject {
  return typeof metadata === "object" && metadata !== null && !Array.isArray(metadata);
}
