import type { StoredEvent } from "@eventfold/types";

/** What a publish tells about itself besides its events. */
export interface PublishOutcome {
  /** `true` when all events were stored before under the same ids: they are returned, and nothing was written. */
  readonly isRepeat: boolean;
}

/** The stored events of a publish to one stream, in the order given. */
export type PublishedEvents<TEvents extends object> = readonly StoredEvent<TEvents>[] & PublishOutcome;

/** The stored events of a publish to several streams: per entry, in entry order. */
export type PublishedEntries<TEvents extends object> = readonly (readonly StoredEvent<TEvents>[])[] & PublishOutcome;

/** Adds the outcome to a list as a member that is not enumerable, so that the list still equals a plain one. */
export function withOutcome<TList extends readonly unknown[]>(list: TList, isRepeat: boolean): TList & PublishOutcome {
  const own = Object.isExtensible(list) ? list : ([...list] as readonly unknown[] as TList);
  return Object.defineProperty(own, "isRepeat", { value: isRepeat, configurable: true }) as TList & PublishOutcome;
}
