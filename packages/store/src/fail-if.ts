import { checkedNumber } from "./constraint.ts";
import { type EventQuery, isQuery } from "./event-query.ts";
import type { EventTranslation } from "./event-translation.ts";
import { itemsOf } from "./query-items.ts";
import { type SourceTranslation, storedItems } from "./source-translation.ts";
import type { EventQueryItem } from "./storage/event-query-item.ts";
import type { FailIf } from "./storage/event-storage.ts";

/**
 * That an event was published since a boundary was read. Only `EventStore.boundary` makes it, because `after` must be a number up to
 * which the boundary holds all events that match: the number of the last event of a scan, or of the boundary, is not. Plain data, which
 * may be kept as JSON as long as the log lasts. Nothing tells a made-up `after` from a true one: where it is too high, the publish overlooks
 * what was published in between.
 */
export interface BoundaryChanged {
  readonly kind: "boundary-changed";
  /** What the boundary was read by. If it was read with definitions of events, with the names under which they are stored. */
  readonly query: EventQuery;
  /** What was asked for, where definitions have added old names to {@link BoundaryChanged.query}. */
  readonly readAs?: EventQuery | undefined;
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
  /** As it was asked for. */
  readonly query: EventQuery;
  /** Where definitions have added old names: an event that is found under one is judged as what it is read as. */
  readonly asRead: AskedAsRead | undefined;
}

/** What was asked for, and the definitions that say what events under old names are read as. */
export interface AskedAsRead {
  readonly items: readonly EventQueryItem[];
  readonly definitions: readonly EventTranslation[];
}

/**
 * What was given to a publish as `failIf`, once checked. Where its entries have definitions, a query means events under old
 * names too, if they are read as what it asks for; that of a boundary does so already, if it was read by definitions.
 *
 * @throws `TypeError` for what is neither a query nor the change of a boundary; else as `eventsMatch` and `sequenceNumberAfter` do.
 */
export function checkedFailIf(
  refusal: PublishRefusal | undefined,
  entries: readonly { readonly translation: SourceTranslation | undefined }[],
): PreparedFailIf | undefined {
  if (refusal === undefined) return undefined;
  const definitions = rereadingOf(entries);
  const judgedBy = (items: readonly EventQueryItem[]) =>
    definitions.length === 0 ? undefined : { items, definitions };
  if (isQuery(refusal)) {
    const items = itemsOf(refusal);
    return { items: storedAs(items, definitions), after: 0, query: refusal, asRead: judgedBy(items) };
  }
  const { kind, query, readAs, after } = refusal ?? {};
  if (kind !== "boundary-changed" || !isQuery(query) || (readAs !== undefined && !isQuery(readAs))) {
    throw new TypeError("failIf takes `changed` of a boundary, or a query: what eventsMatch or taggedWith makes.");
  }
  return {
    items: itemsOf(query),
    after: checkedNumber("sequence number", after),
    query: readAs ?? query,
    asRead: readAs && judgedBy(itemsOf(readAs)),
  };
}

/** The definitions of entries that read some events as others, or as none. */
function rereadingOf(
  entries: readonly { readonly translation: SourceTranslation | undefined }[],
): readonly EventTranslation[] {
  const definitions = new Set(entries.flatMap(({ translation }) => translation?.events ?? []));
  return [...definitions].filter((events) => events.mayReadAsNone("fail"));
}

function storedAs(
  items: readonly EventQueryItem[],
  definitions: readonly EventTranslation[],
): readonly EventQueryItem[] {
  // it may be about other events than those that are published
  return definitions.reduce((stored, events) => storedItems({ events, unknownEvents: "pass" }, stored), items);
}
