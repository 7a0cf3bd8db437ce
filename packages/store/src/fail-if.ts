import { checkedNumber } from "./constraint.ts";
import { type EventQuery, isQuery } from "./event-query.ts";
import { itemsOf } from "./query-items.ts";
import { type SourceTranslation, storedItems } from "./source-translation.ts";
import type { EventQueryItem } from "./storage/event-query-item.ts";
import type { FailIf } from "./storage/event-storage.ts";

/**
 * That an event was published since a boundary was read. Only `EventStore.boundary` makes it, because `after` must be a number up to
 * which the boundary holds all events that match: the number of the last event of a scan, or of the boundary, is not. Plain data, which
 * may be kept as JSON as long as the log lasts.
 */
export interface BoundaryChanged {
  readonly kind: "boundary-changed";
  /** What the boundary was read by. If it was read with definitions of events, with the names under which they are stored. */
  readonly query: EventQuery;
  /** The number up to which the boundary was read. */
  readonly after: number;
}

/** What a publish is refused for: an event that was published since a boundary was read, or a query that any event ever matched. */
export type PublishRefusal = BoundaryChanged | EventQuery;

/** Options of a publish to several streams. */
export interface PublishOptions {
  /**
   * Refuses the publish if a boundary has changed since it was read, or if an event ever matched a query: it rejects with
   * `EventsMatchedError`. Default: nothing.
   */
  readonly failIf?: PublishRefusal | undefined;
}

/** What a publish is refused for, validated. */
export interface PreparedFailIf extends FailIf {
  readonly query: EventQuery;
}

/**
 * What was given to a publish as `failIf`, once checked. Where its entries have definitions, a query means events under old
 * names too; that of a boundary does so already, if it was read by definitions.
 *
 * @throws `TypeError` for what is neither a query nor the change of a boundary; else as `eventsMatch` and `sequenceNumberAfter` do.
 */
export function checkedFailIf(
  refusal: PublishRefusal | undefined,
  entries: readonly { readonly translation: SourceTranslation | undefined }[],
): PreparedFailIf | undefined {
  if (refusal === undefined) return undefined;
  if (isQuery(refusal)) return { items: storedAs(itemsOf(refusal), entries), after: 0, query: refusal };
  if (refusal?.kind !== "boundary-changed" || !isQuery(refusal.query)) {
    throw new TypeError("failIf takes `changed` of a boundary, or a query: what eventsMatch or taggedWith makes.");
  }
  const { query, after } = refusal;
  return { items: itemsOf(query), after: checkedNumber("sequence number", after), query };
}

function storedAs(
  items: readonly EventQueryItem[],
  entries: readonly { readonly translation: SourceTranslation | undefined }[],
): readonly EventQueryItem[] {
  const definitions = new Set(entries.flatMap(({ translation }) => translation?.events ?? []));
  // it may be about other events than those that are published
  return [...definitions].reduce((stored, events) => storedItems({ events, unknownEvents: "pass" }, stored), items);
}
