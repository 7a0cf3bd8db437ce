import { type EventQueryItem, matchesAny, type PreparedEvent, type SaveRequest } from "@eventfold/store/adapter";

/** The events of publishes, to ask whether a query matches any: by tag and by name, so that few have to be compared. */
export class WrittenEvents {
  readonly #byTag = new Map<string, PreparedEvent[]>();
  readonly #byName = new Map<string, PreparedEvent[]>();

  add({ writes }: Pick<SaveRequest, "writes">): void {
    for (const { category, events } of writes) {
      if (category.startsWith("$")) continue; // the library's own match no query
      for (const event of events) {
        push(this.#byName, event.name, event);
        for (const tag of event.tags) push(this.#byTag, tag, event);
      }
    }
  }

  /** Whether one of the events matches one of the items. */
  match(items: readonly EventQueryItem[]): boolean {
    return items.some((item) => this.#candidates(item).some((event) => matchesAny([item], event)));
  }

  #candidates({ tags = [], names }: EventQueryItem): readonly PreparedEvent[] {
    if (tags.length > 0) return tags.map((tag): readonly PreparedEvent[] => this.#byTag.get(tag) ?? []).reduce(shorter);
    return [...(names ?? this.#byName.keys())].flatMap((name) => this.#byName.get(name) ?? []);
  }
}

function push(lists: Map<string, PreparedEvent[]>, key: string, event: PreparedEvent): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [event]);
  else list.push(event);
}

function shorter<T>(one: readonly T[], other: readonly T[]): readonly T[] {
  return other.length < one.length ? other : one;
}
