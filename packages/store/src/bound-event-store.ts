import type { AnyEvents, EventName, StoredEvent } from "@eventfold/types";
import type { EventBoundary } from "./boundary.ts";
import type { EventCategory } from "./event-category.ts";
import type { EventLog } from "./event-log.ts";
import type { EventQuery } from "./event-query.ts";
import type { EventStream } from "./event-stream.ts";
import type { ReadTable, UnknownEventPolicy } from "./event-translation.ts";
import type { PublishOptions } from "./fail-if.ts";
import type { CheckedEntries, GivenEntry, LogPublishEntry, PublishedOf } from "./publish-entry.ts";
import type { DefinedSourceOptions, SourceOptions, WithPlainTable } from "./source-translation.ts";

/** Which stream is meant. */
export interface StreamNames {
  readonly category: string;
  readonly stream: string;
}

/** An event store bound to a transaction, as hooks get it. Its members are those of `EventStore`. */
export interface BoundEventStore {
  /** A stream; see `EventStore.stream`. */
  stream<TEvents extends object, TUnknown extends UnknownEventPolicy = "fail">(
    names: StreamNames,
    options: DefinedSourceOptions<TEvents, TUnknown>,
  ): EventStream<ReadTable<TEvents, TUnknown>>;
  stream<TEvents extends object = AnyEvents, TUnknown extends UnknownEventPolicy = "fail">(
    names: WithPlainTable<TEvents, StreamNames>,
    options?: SourceOptions<TEvents, TUnknown>,
  ): EventStream<ReadTable<TEvents, TUnknown>>;

  /** A category; see `EventStore.category`. */
  category<TEvents extends object, TUnknown extends UnknownEventPolicy = "fail">(
    category: string,
    options: DefinedSourceOptions<TEvents, TUnknown>,
  ): EventCategory<ReadTable<TEvents, TUnknown>>;
  category<TEvents extends object = AnyEvents, TUnknown extends UnknownEventPolicy = "fail">(
    category: WithPlainTable<TEvents, string>,
    options?: SourceOptions<TEvents, TUnknown>,
  ): EventCategory<ReadTable<TEvents, TUnknown>>;

  /** The log; see `EventStore.log`. */
  log<TEvents extends object, TUnknown extends UnknownEventPolicy = "fail">(
    options: DefinedSourceOptions<TEvents, TUnknown>,
  ): EventLog<ReadTable<TEvents, TUnknown>>;
  log<TEvents extends object = AnyEvents, TUnknown extends UnknownEventPolicy = "fail">(
    this: WithPlainTable<TEvents, object>,
    options?: SourceOptions<TEvents, TUnknown>,
  ): EventLog<ReadTable<TEvents, TUnknown>>;

  /** Stores events to several streams; see `EventStore.publish`. */
  publish<
    TEvents extends object = AnyEvents,
    TEntries extends readonly GivenEntry[] | [GivenEntry] = readonly LogPublishEntry<TEvents>[],
  >(
    entries: WithPlainTable<TEvents, CheckedEntries<TEntries>>,
    options?: PublishOptions,
  ): Promise<PublishedOf<TEntries>>;

  /** The boundary of a query; see `EventStore.boundary`. */
  boundary<TEvents extends object>(
    query: EventQuery<EventName<NoInfer<TEvents>>>,
    options: DefinedSourceOptions<TEvents>,
  ): Promise<EventBoundary<TEvents>>;
  boundary<TEvents extends object = AnyEvents>(
    query: WithPlainTable<NoInfer<TEvents>, EventQuery<EventName<NoInfer<TEvents>>>>,
    options?: SourceOptions<TEvents>,
  ): Promise<EventBoundary<TEvents>>;

  /** The event with this id; see `EventStore.eventById`. */
  eventById(id: string): Promise<StoredEvent | undefined>;
}
