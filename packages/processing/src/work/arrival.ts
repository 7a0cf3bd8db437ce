import type { EventLocation, StoredEvent } from "@eventfold/types";

/** An event that has come from a source: read, or only known to be there. */
export interface Arrival {
  /** Where it is. */
  readonly location: EventLocation;
  /** `undefined`: it could not be read. That is its failure, as if its handler had failed; every try reads it again. */
  readonly event: StoredEvent | undefined;
}

/** An event that was read. */
export function arrivalOf(event: StoredEvent): Arrival {
  return { location: event, event };
}
