import type { StoredEvent } from "@eventfold/types";

/** What an event has to be: of one of the names, and with all of the tags. A list that is absent asks for nothing. */
export interface EventQueryItem<TName extends string = string> {
  readonly names?: readonly TName[] | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** Whether an event matches one of the items at least: this defines what every adapter's query must mean. */
export function matchesAny(items: readonly EventQueryItem[], event: Pick<StoredEvent, "name" | "tags">): boolean {
  return items.some((item) => matches(item, event));
}

function matches({ names, tags }: EventQueryItem, event: Pick<StoredEvent, "name" | "tags">): boolean {
  return (
    (names === undefined || names.includes(event.name)) &&
    (tags === undefined || tags.every((tag) => event.tags.includes(tag)))
  );
}
