import { checkedName, TAG_LIMIT } from "@eventfold/types";
import type { EventQueryItem } from "./storage/event-query-item.ts";

/** The most items that a query may have. */
export const QUERY_ITEM_LIMIT = 100;

/**
 * Which events are meant, by their names and tags, whatever their streams: those that match one of the items at least. It narrows what
 * is read, and says which events a publish depends on. {@link eventsMatch} and {@link taggedWith} make it.
 */
export interface EventQuery<TName extends string = string> {
  readonly kind: "events-match";
  readonly items: readonly EventQueryItem<TName>[];
}

/**
 * The events that match one of the items at least. An event matches an item if it has one of its names and all of its tags; an item
 * without names takes any name, and one without tags takes any tags. A query as an item stands for its items.
 *
 * As a constraint on a source with a table of events, a name that is not in the table does not compile.
 *
 * @throws `RangeError` when there are more than 100 items, an item has neither names nor tags, a list is empty, or an item has more
 * than 100 tags; `TypeError` for what is not an item.
 * @throws `InvalidNameError` (`INVALID_NAME`) when a name or a tag breaks the rules.
 *
 * @example
 * ```ts
 * const seats = eventsMatch({ names: ["enrolled"], tags: ["course:c1"] }, taggedWith("student:s9"));
 * for await (const event of store.log().scan({ constraints: [seats] })) console.log(event.name, event.tags);
 * ```
 */
export function eventsMatch<const TName extends string = never>(
  first: EventQueryItem<TName> | EventQuery<TName>,
  ...rest: readonly (EventQueryItem<TName> | EventQuery<TName>)[]
): EventQuery<TName> {
  const given = [first, ...rest].flatMap((each) => (isQuery(each) ? checkedList(each.items, "items") : [each]));
  return Object.freeze({ kind: "events-match", items: Object.freeze(checkedItems(given)) });
}

/**
 * The events that have all of these tags, whatever their names.
 *
 * @throws `InvalidNameError` (`INVALID_NAME`) when a tag breaks the rules; `RangeError` when there are more than 100.
 *
 * @example
 * ```ts
 * const { events } = await store.boundary(taggedWith("course:c1", "student:s9"));
 * ```
 */
export function taggedWith(first: string, ...rest: readonly string[]): EventQuery<never> {
  return eventsMatch({ tags: [first, ...rest] });
}

/** Whether a value is meant as a query. Its items are checked by {@link checkedItems}. */
export function isQuery(value: unknown): value is EventQuery {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "events-match";
}

/**
 * The items of a query, in order, as they may come from callers without a compiler.
 *
 * @throws as {@link eventsMatch} does.
 */
export function checkedItems<TName extends string>(items: readonly EventQueryItem<TName>[]): EventQueryItem<TName>[] {
  const checked = checkedList(items, "items").map(checkedItem);
  if (checked.length <= QUERY_ITEM_LIMIT) return checked;
  throw new RangeError(`A query may have at most ${QUERY_ITEM_LIMIT} items, but it has ${checked.length}.`);
}

function checkedItem<TName extends string>(item: EventQueryItem<TName>): EventQueryItem<TName> {
  if (typeof item !== "object" || item === null) {
    throw new TypeError(`An item of a query must be an object, got ${item === null ? "null" : typeof item}.`);
  }
  const { names, tags } = item;
  if (names === undefined && tags === undefined) throw new RangeError("An item of a query needs a name or a tag.");
  if (tags !== undefined && checkedList(tags, "tags").length > TAG_LIMIT) {
    throw new RangeError(`An item may have at most ${TAG_LIMIT} tags, as an event, but it has ${tags.length}.`);
  }
  return Object.freeze({
    ...(names && { names: distinctNames("event", checkedList(names, "names")) }),
    ...(tags && { tags: distinctNames("tag", tags) }),
  });
}

function distinctNames<T extends string>(kind: "event" | "tag", names: readonly T[]): readonly T[] {
  for (const name of names) checkedName(kind, name);
  return Object.freeze([...new Set(names)]);
}

function checkedList<T>(list: readonly T[], what: string): readonly T[] {
  if (!Array.isArray(list)) throw new TypeError(`The ${what} of a query must be an array, got ${typeof list}.`);
  if (list.length > 0) return list;
  throw new RangeError(`The ${what} of a query must not be empty: leave them out, or name at least one.`);
}
