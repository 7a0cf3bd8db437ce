import type { EventSource, FollowedPage, FollowOptions } from "@eventfold/store";
import type { AnyEvents, StoredEvent } from "@eventfold/types";

/** What can be subscribed to: a stream, a category or the log of an `EventStore`, as it is. */
export interface SubscribableSource<TEvents extends object = AnyEvents> extends EventSource<TEvents> {
  /** As `EventCategory.followPages`. */
  followPages(options?: FollowOptions<TEvents>): AsyncIterable<FollowedPage<StoredEvent<TEvents>>>;

  /** As `EventCategory.horizon`. */
  horizon(): Promise<number>;
}

/** @throws `TypeError` when it is no source, or one that cannot be followed. */
export function checkSource(source: { readonly [TMember in keyof SubscribableSource]?: unknown }): void {
  const isSource = typeof source?.followPages === "function" && typeof source.horizon === "function";
  if (isSource && typeof source.scan === "function" && typeof source.identifier === "object") return;
  throw new TypeError("A subscription needs a source: a stream, a category or the log of an EventStore.");
}
