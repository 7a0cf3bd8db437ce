import type { StoredEvent } from "@eventfold/types";
import { matchesAny } from "./event-query-item.ts";
import type { ScanBounds } from "./event-storage.ts";

/** Whether an event lies within the bounds of a scan: this defines what every adapter's query must mean. */
export function isWithinBounds(event: StoredEvent, bounds: ScanBounds): boolean {
  return (
    isBetween(event.sequenceNumber, bounds.sequenceNumberAfter, bounds.sequenceNumberBefore) &&
    isBetween(event.position, bounds.positionAfter, bounds.positionBefore) &&
    isBetween(event.occurredAt.getTime(), bounds.occurredAfterMs, bounds.occurredBeforeMs) &&
    isBetween(event.observedAt.getTime(), bounds.observedAfterMs, bounds.observedBeforeMs) &&
    (bounds.names === undefined || bounds.names.includes(event.name)) &&
    (bounds.matching === undefined || matchesAny(bounds.matching, event))
  );
}

function isBetween(value: number, after: number | undefined, before: number | undefined): boolean {
  return (after === undefined || value > after) && (before === undefined || value < before);
}
