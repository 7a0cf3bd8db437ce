import type { AnyEvents, EventName, StoredEvent } from "@eventfold/types";
import { type EventQuery, isQuery } from "./event-query.ts";
import type { BoundaryChanged } from "./fail-if.ts";
import { itemsOf } from "./query-items.ts";
import { type AskedFor, decodedPage, type SourceTranslation, storedItems } from "./source-translation.ts";
import type { StoreContext } from "./store-context.ts";

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
  translation: SourceTranslation | undefined,
): Promise<EventBoundary<TEvents>> {
  if (!isQuery(query)) throw new TypeError("A boundary is read by a query: what eventsMatch or taggedWith makes.");
  const items = itemsOf(query);
  const stored = translation === undefined ? items : storedItems(translation, items);
  const { events, after } = await storage.boundary(stored);
  const read = translation === undefined ? events : await readAll(translation, events, { matching: items });
  return {
    // the caller's types are trusted: the database knows stored events without types
    events: read as readonly StoredEvent<TEvents>[],
    changed: Object.freeze<BoundaryChanged>({
      kind: "boundary-changed",
      query: translation === undefined ? query : Object.freeze({ kind: "events-match", items: stored }),
      ...(translation?.events.mayReadAsNone("fail") && { readAs: query }),
      after,
    }),
  };
}

/** @throws why one of them cannot be read. */
async function readAll(
  translation: SourceTranslation,
  stored: readonly StoredEvent[],
  asked: AskedFor,
): Promise<readonly StoredEvent[]> {
  const { events, failure } = await decodedPage(translation, stored, asked);
  if (failure !== undefined) throw failure.error;
  return events;
}
