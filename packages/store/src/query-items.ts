import { TAG_LIMIT } from "@eventfold/types";
import { checkedItems, type EventQuery, QUERY_ITEM_LIMIT } from "./event-query.ts";
import type { EventQueryItem } from "./storage/event-query-item.ts";

/**
 * The items of a query as adapters get them: without those that another one makes superfluous.
 *
 * @throws as `eventsMatch` does, for queries of callers without a compiler.
 */
export function itemsOf({ items }: EventQuery): readonly EventQueryItem[] {
  return withoutSuperfluous(checkedItems(items));
}

/**
 * The items of the events that match both of two lists of items; empty where no event can.
 *
 * @throws `RangeError` when there are more than 100.
 */
export function itemsOfBoth(a: readonly EventQueryItem[], b: readonly EventQueryItem[]): readonly EventQueryItem[] {
  const both = a.flatMap((one) => b.flatMap((other) => bothItems(one, other) ?? []));
  return withoutSuperfluous(both);
}

/** What matches both items; `undefined` where nothing can. */
function bothItems(a: EventQueryItem, b: EventQueryItem): EventQueryItem | undefined {
  const names = a.names === undefined || b.names === undefined ? (a.names ?? b.names) : common(a.names, b.names);
  const tags = [...new Set([...(a.tags ?? []), ...(b.tags ?? [])])];
  if (names?.length === 0 || tags.length > TAG_LIMIT) return undefined;
  return { ...(names && { names }), ...(tags.length > 0 && { tags }) };
}

function common(a: readonly string[], b: readonly string[]): readonly string[] {
  const others = new Set(b);
  return a.filter((name) => others.has(name));
}

/** The widest items come first, so that each has only to be compared with those that are kept already. */
function withoutSuperfluous(items: readonly EventQueryItem[]): readonly EventQueryItem[] {
  if (items.length < 2) return items;
  const kept: Listed[] = [];
  for (const item of items.toSorted(byWidth)) {
    const listed = { item, names: item.names && new Set(item.names), tags: new Set(item.tags) };
    if (kept.some((wider) => isWithin(listed, wider))) continue;
    kept.push(listed);
    if (kept.length > QUERY_ITEM_LIMIT) {
      throw new RangeError(
        `The queries together come to more than ${QUERY_ITEM_LIMIT} items. Constrain by fewer queries, or by smaller ones.`,
      );
    }
  }
  return kept.map(({ item }) => item);
}

function byWidth(a: EventQueryItem, b: EventQueryItem): number {
  const byTags = (a.tags?.length ?? 0) - (b.tags?.length ?? 0);
  if (byTags !== 0) return byTags;
  const [namesOfA, namesOfB] = [a.names?.length ?? Number.MAX_SAFE_INTEGER, b.names?.length ?? Number.MAX_SAFE_INTEGER];
  return namesOfB - namesOfA;
}

/** An item with its names and tags to look up: nothing limits the names. */
interface Listed {
  readonly item: EventQueryItem;
  readonly names: ReadonlySet<string> | undefined;
  readonly tags: ReadonlySet<string>;
}

/** Whether every event that matches an item matches a wider one too. */
function isWithin({ item, tags }: Listed, wider: Listed): boolean {
  return (
    (wider.item.tags ?? []).every((tag) => tags.has(tag)) &&
    (wider.names === undefined || item.names?.every((name) => wider.names?.has(name)) === true)
  );
}
