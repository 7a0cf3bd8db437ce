import type { EventQueryItem } from "@eventfold/store/adapter";

/** The items of a query as the functions in `sql/events` take them: for each the text of an array, `null` where it asks for nothing. */
export interface ItemsInSql {
  readonly tags: readonly (string | null)[];
  readonly names: readonly (string | null)[];
}

/**
 * The items of a query, those without tags as one: finding events by their names alone means reading all of them, which is to be done
 * once, and last. Items that admit no name are left out.
 *
 * @param among the only names that are wanted at all. Default: any.
 */
export function itemsInSql(items: readonly EventQueryItem[], among?: readonly string[]): ItemsInSql {
  const narrowed = among === undefined ? items : items.map((item) => narrowedTo(among, item));
  const possible = narrowed.filter(({ names }) => names?.length !== 0);
  const tagged = possible.filter(hasTags);
  const untagged = possible.filter((item) => !hasTags(item));
  const all = untagged.length === 0 ? tagged : [...tagged, { names: namesOf(untagged) }];
  return {
    tags: all.map((item) => ("tags" in item ? arrayText(item.tags) : null)),
    names: all.map(({ names }) => (names === undefined ? null : arrayText(names))),
  };
}

function narrowedTo(among: readonly string[], { tags, names = among }: EventQueryItem): EventQueryItem {
  return { tags, names: names.filter((name) => among.includes(name)) };
}

function hasTags(item: EventQueryItem): item is EventQueryItem & { readonly tags: readonly string[] } {
  return item.tags !== undefined && item.tags.length > 0;
}

function namesOf(items: readonly EventQueryItem[]): readonly string[] | undefined {
  return items.some(({ names }) => names === undefined)
    ? undefined
    : [...new Set(items.flatMap(({ names = [] }) => names))];
}

/** The text of a `text[]`. */
export function arrayText(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}
