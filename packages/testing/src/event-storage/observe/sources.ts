import type {
  AnyEvents,
  EventSource,
  EventStore,
  FollowedPage,
  FollowOptions,
  SourceIdentifier,
  StoredEvent,
} from "@eventfold/store";

/** What streams, categories and the log have in common. */
export interface FollowableSource extends EventSource {
  follow(options?: FollowOptions<AnyEvents>): AsyncIterableIterator<StoredEvent>;
  followPages(options?: FollowOptions<AnyEvents>): AsyncIterable<FollowedPage>;
}

/** A source of each scope, and whether an event of the log is in it. */
export interface ScopedSource {
  readonly identifier: SourceIdentifier;
  readonly source: FollowableSource;
  includes(event: StoredEvent): boolean;
}

/** The log, a category and a stream of it. */
export function sourcesOf(store: EventStore, names: { category: string; stream: string }): readonly ScopedSource[] {
  const { category, stream } = names;
  return [
    { identifier: { kind: "log" }, source: store.log(), includes: () => true },
    {
      identifier: { kind: "category", category },
      source: store.category(category),
      includes: (event) => event.category === category,
    },
    {
      identifier: { kind: "stream", category, stream },
      source: store.stream(names),
      includes: (event) => event.category === category && event.stream === stream,
    },
  ];
}
