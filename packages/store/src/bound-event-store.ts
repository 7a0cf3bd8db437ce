import type { AnyEvents, EventName, StoredEvent } from "@eventfold/types";
import type { EventBoundary } from "./boundary.ts";
import type { EventCategory } from "./event-category.ts";
import type { EventLog } from "./event-log.ts";
import type { EventQuery } from "./event-query.ts";
import type { EventStream } from "./event-stream.ts";
import type { ReadTable, UnknownEventPolicy } from "./event-translation.ts";
import type { PublishOptions } from "./fail-if.ts";
import type { CheckedEntries, GivenEntry, LogPublishEntry, PublishedOf } from "./publish-entry.ts";
import type { SourceOptions } from "./source-translation.ts";

/** An event store bound to a transaction, as hooks get it. Its members are those of `EventStore`. */
export interface BoundEventStore {
  /** A stream; see `EventStore.stream`. */
  stream<TEvents extends object = AnyEvents, TUnknown extends UnknownEventPolicy = "fail">(
    names: { readonly category: string; readonly stream: string },
    options?: SourceOptions<TEvents, TUnknown>,
  ): EventStream<ReadTable<TEvents, TUnknown>>;
  /** A category; see `EventStore.category`. */
  category<TEvents extends object = AnyEvents, TUnknown extends UnknownEventPolicy = "fail">(
    category: string,
    options?: SourceOptions<TEvents, TUnknown>,
  ): EventCategory<ReadTable<TEvents, TUnknown>>;
  /** The log; see `EventStore.log`. */
  log<TEvents extends object = AnyEvents, TUnknown extends UnknownEventPolicy = "fail">(
    options?: SourceOptions<TEvents, TUnknown>,
  ): EventLog<ReadTable<TEvents, TUnknown>>;
  /** Stores events to several streams; see `EventStore.publish`. */
  publish<
    TEvents extends object = AnyEvents,
    TEntries extends readonly GivenEntry[] | [GivenEntry] = readonly LogPublishEntry<TEvents>[],
  >(entries: CheckedEntries<TEntries>, options?: PublishOptions): Promise<PublishedOf<TEntries>>;
  /** The boundary of a query; see `EventStore.boundary`. */
  boundary<TEvents extends object = AnyEvents>(
    query: EventQuery<EventName<NoInfer<TEvents>>>,
    options?: SourceOptions<TEvents>,
  ): Promise<EventBoundary<TEvents>>;
  /** The event with this id; see `EventStore.eventById`. */
  eventById(id: string): Promise<StoredEvent | undefined>;
}
