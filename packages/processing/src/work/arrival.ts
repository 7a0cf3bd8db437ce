import type { EventLocation, StoredEvent } from "@eventfold/types";

/** A stored event that has come from a source: read, or only known to be there. */
export interface Arrival {
  /** Where it is. */
  readonly location: EventLocation;
  /**
   * What it is read as: one event, or several parts, which are handled together. `undefined`: it could not be read. That is its
   * failure, as if its handler had failed; every try reads it again.
   */
  readonly events: readonly StoredEvent[] | undefined;
}

/** Events that were read, the parts of each stored event together. */
export function arrivalsOf(events: readonly StoredEvent[]): readonly Arrival[] {
  if (events.every(({ part }) => part === undefined))
    return events.map((event) => ({ location: event, events: [event] }));
  const byNumber = Map.groupBy(events, ({ sequenceNumber }) => sequenceNumber);
  return [...byNumber.values()].map((parts) => ({ location: parts[0] as StoredEvent, events: parts }));
}
