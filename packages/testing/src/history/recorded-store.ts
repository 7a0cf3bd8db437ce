import type {
  AnyEvents,
  CategoryPublishRequest,
  EventBoundary,
  EventCategory,
  EventLog,
  EventQuery,
  EventStore,
  EventStream,
  FollowOptions,
  LogPublishEntry,
  PublishedEntries,
  PublishedEvents,
  PublishOptions,
  PublishRequest,
  ScanOptions,
  StoredEvent,
  StreamFollowOptions,
  StreamScanOptions,
} from "@eventfold/store";
import { recordedPublish } from "./recorded-publish.ts";
import { recordedBoundary, recordedLatest, recordedLookUp, recordedRead, recordedSteps } from "./recorded-reads.ts";
import type { Recorder } from "./recorder.ts";

/** The reads of a recorded source: they go to the source beneath, and each is noted. */
export interface RecordedSource<TScan = ScanOptions<AnyEvents>, TFollow = FollowOptions<AnyEvents>> {
  /** As `EventSource.read`. */
  read(options?: TScan): Promise<StoredEvent[]>;
  /** As `EventSource.scan`. */
  scan(options?: TScan): AsyncIterableIterator<StoredEvent>;
  /** As `EventLog.follow`. */
  follow(options?: TFollow): AsyncIterableIterator<StoredEvent>;
  /** As `EventSource.latest`. */
  latest(): Promise<StoredEvent | undefined>;
}

/** A stream that notes each call. */
export interface RecordedStream extends RecordedSource<StreamScanOptions<AnyEvents>, StreamFollowOptions<AnyEvents>> {
  /** As `EventStream.publish`. */
  publish(request: PublishRequest): Promise<PublishedEvents<AnyEvents>>;
}

/** A category that notes each call. */
export interface RecordedCategory extends RecordedSource {
  /** As `EventCategory.publish`. */
  publish(request: CategoryPublishRequest): Promise<PublishedEntries<AnyEvents>>;
}

/** An event store that notes each call: how it was made, what it showed, how it ended. */
export interface RecordedStore {
  /** As `EventStore.publish`. */
  publish(entries: readonly LogPublishEntry[], options?: PublishOptions): Promise<PublishedEntries<AnyEvents>>;
  /** As `EventStore.boundary`. */
  boundary(query: EventQuery): Promise<EventBoundary>;
  /** As `EventStore.stream`. */
  stream(names: { readonly category: string; readonly stream: string }): RecordedStream;
  /** As `EventStore.category`. */
  category(category: string): RecordedCategory;
  /** As `EventStore.log`. */
  log(): RecordedSource;
  /** As `EventStore.eventById`. */
  eventById(id: string): Promise<StoredEvent | undefined>;
}

/** A store whose calls go to the store beneath and to a recorder. */
export function recordedStore(store: EventStore, recorder: Recorder): RecordedStore {
  return {
    publish: (entries, options) =>
      recordedPublish(recorder, { ...options, entries }, (noted) => store.publish(noted, options)),
    boundary: (query) => recordedBoundary(recorder, query, () => store.boundary(query)),
    stream: (names) => recordedStream(store.stream(names), recorder),
    category: (category) => recordedCategory(store.category(category), recorder),
    log: () => recordedSource(store.log(), recorder),
    eventById: (id) => recordedLookUp(recorder, id, () => store.eventById(id)),
  };
}

function recordedStream(stream: EventStream, recorder: Recorder): RecordedStream {
  const { category, stream: name } = stream.identifier;
  return {
    ...recordedSource(stream, recorder),
    publish: ({ failIf, ...request }) =>
      recordedPublish(recorder, { entries: [{ ...request, category, stream: name }], failIf }, ([entry]) =>
        stream.publish({ events: entry?.events ?? [], condition: entry?.condition, failIf }),
      ),
  };
}

function recordedCategory(category: EventCategory, recorder: Recorder): RecordedCategory {
  const { category: name } = category.identifier;
  return {
    ...recordedSource(category, recorder),
    publish: ({ streams, failIf }) =>
      recordedPublish(
        recorder,
        { entries: streams.map((entry) => ({ ...entry, category: name })), failIf },
        (entries) => category.publish({ streams: entries, failIf }),
      ),
  };
}

function recordedSource(
  source: EventStream | EventCategory | EventLog,
  recorder: Recorder,
): RecordedSource<StreamScanOptions<AnyEvents>, StreamFollowOptions<AnyEvents>> {
  // The kind of source decides which options callers may give, and the compiler has checked them against that.
  const { identifier } = source;
  const scanned = source as Pick<EventStream, "read" | "scan" | "follow">;
  return {
    read: (options) => recordedRead(recorder, { identifier, options }, () => scanned.read(options)),
    scan: (options) => recordedSteps(recorder, { kind: "scan", identifier, options }, () => scanned.scan(options)),
    follow: (options) =>
      recordedSteps(recorder, { kind: "follow", identifier, options }, () => scanned.follow(options)),
    latest: () => recordedLatest(recorder, identifier, () => source.latest()),
  };
}
