import type { AnyEvents, EventName, StoredEvent } from "@eventfold/types";
import { type EventQuery, isQuery } from "./event-query.ts";
import { itemsOf } from "./query-items.ts";
import type { StoreContext } from "./store-context.ts";

/**
 * That an event was published since a boundary was read. Only `EventStore.boundary` makes it, because `after` must be a number up to
 * which the boundary holds all events that match: the number of the last event of a scan, or of the boundary, is not. Plain data, which
 * may be kept as JSON as long as the log lasts.
 */
export interface BoundaryChanged {
  readonly kind: "boundary-changed";
  readonly query: EventQuery;
  /** The number up to which the boundary was read. */
  readonly after: number;
}

/** The events that a decision depends on, whatever their streams. */
export interface EventBoundary<TEvents extends object = AnyEvents> {
  /** All events of the log that match the query, by sequence number. */
  readonly events: readonly StoredEvent<TEvents>[];
  /** What to publish the decision with, as `failIf`: it is refused if an event that matches has been published since. */
  readonly changed: BoundaryChanged;
}

/**
 * Reads the boundary of a query.
 *
 * @throws as `EventStore.boundary` does.
 */
export async function readBoundary<TEvents extends object>(
  { storage }: StoreContext,
  query: EventQuery<EventName<TEvents>>,
): Promise<EventBoundary<TEvents>> {
  if (!isQuery(query)) throw new TypeError("A boundary is read by a query: what eventsMatch or taggedWith makes.");
  const { events, after } = await storage.boundary(itemsOf(query));
  return {
    // the caller's types are trusted: the database knows stored events without types
    events: events as readonly StoredEvent<TEvents>[],
    changed: Object.freeze<BoundaryChanged>({ kind: "boundary-changed", query, after }),
  };
}
