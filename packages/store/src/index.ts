// The store and its sources
export { EventStore, type EventStoreOptions } from "./event-store.ts";
export { EventCategory, type CategoryPublishRequest } from "./event-category.ts";
export { EventLog } from "./event-log.ts";
export { EventStream } from "./event-stream.ts";
export type { EventSource } from "./event-source.ts";
export { eventList } from "./event-list.ts";

// Publishing
export { eventIdFrom, newEventId } from "./event-id.ts";
export { newEvent } from "./new-event.ts";
export { causedBy, type CausedMetadata, type EventCause, type EventOrigin, originOf } from "./event-origin.ts";
export type { BoundaryChanged, PublishOptions, PublishRefusal } from "./fail-if.ts";
export type {
  CheckedEntries,
  GivenEntry,
  LogPublishEntry,
  LogPublishEntryOf,
  PublishedOf,
  RefusedEntry,
} from "./publish-entry.ts";
export type { EntryRequest, PublishRequest, StreamPublishEntry } from "./publish-request.ts";
export type { PublishedEntries, PublishedEvents, PublishOutcome } from "./published-events.ts";
export { ignoreUnmetCondition, type RetryBackoff, type RetryOptions, retryOnUnmetCondition } from "./retrying.ts";

// Write conditions
export type {
  AllOf,
  AnyOf,
  NoCondition,
  Not,
  PositionIs,
  Predicate,
  ReadOfStream,
  StreamExists,
  StreamIsEmpty,
  WriteCondition,
} from "./write-condition.ts";
export {
  allOf,
  anyOf,
  noCondition,
  not,
  positionIs,
  predicate,
  streamExists,
  streamIsEmpty,
  unchangedSince,
} from "./write-condition.ts";

// Boundaries: what a publish depends on, whatever the streams
export type { EventBoundary } from "./boundary.ts";
export { type EventQuery, eventsMatch, taggedWith } from "./event-query.ts";
export type { EventQueryItem } from "./storage/event-query-item.ts";

// Reading
export type {
  NameIn,
  PositionAfter,
  PositionBefore,
  SequenceNumberAfter,
  SequenceNumberBefore,
  SourceConstraint,
  StreamConstraint,
  TimeConstraint,
} from "./constraint.ts";
export {
  nameIn,
  observedAfter,
  observedBefore,
  observedFrom,
  observedUpTo,
  occurredAfter,
  occurredBefore,
  occurredFrom,
  occurredUpTo,
  positionAfter,
  positionBefore,
  sequenceNumberAfter,
  sequenceNumberBefore,
} from "./constraint.ts";
export type {
  DecodedEvents,
  EncodedEvent,
  EventToEncode,
  EventTranslation,
  ReadTable,
  UnknownEventName,
  UnknownEventPolicy,
  UnknownEvents,
} from "./event-translation.ts";
export type {
  DefinedSourceOptions,
  RefusedTable,
  SourceOptions,
  SourceTranslation,
  WithPlainTable,
} from "./source-translation.ts";
export type { FollowedPage } from "./following.ts";
export type { ListingOptions } from "./listing.ts";
export type { ScanOptions, ScanOptionsOf, StreamScanOptions } from "./scan-options.ts";
export type { FollowOptions, FollowOptionsOf, StreamFollowOptions } from "./stored-source.ts";

// Messages of the tracing channels
export type { PublishMessage, TracedEntry, TracedPublish } from "./tracing/publish-channel.ts";
export type { PageMessage, TracedPage } from "./tracing/page-channels.ts";
export type { CommitMessage, QueuedPublish } from "./adapter/commit-channel.ts";

// What runs in the transaction of a publish
export type { BoundEventStore } from "./bound-event-store.ts";
export { type InlineHook, type InlineHookOptions, type InlinePublish, inlineHook } from "./inline-hook.ts";

// The adapter beneath; what implements one is in `@eventfold/store/adapter`
export type {
  EventStorageAdapter,
  StorageCapabilities,
  Transaction,
  TransactionOptions,
} from "./storage/event-storage-adapter.ts";
export type { OrderingGuarantee } from "./storage/ordering-guarantee.ts";
export type { MigrationStatus } from "./adapter/schema-migration.ts";

// Looking at what is beneath: whether it is whole, what it is, what endangers it
export type { AdverseFinding, FindingSeverity, SoundFinding, StorageFinding } from "./storage/storage-finding.ts";
export type { StorageInspection, StructureOptions } from "./storage/storage-inspection.ts";
export type { EventCount, StorageSize, StorageStatus } from "./storage/storage-status.ts";
export type {
  FaultyEvent,
  StructureFault,
  StructureFaultKind,
  StructureProgress,
  StructureStep,
  StructureUnchecked,
} from "./storage/structure-step.ts";

// What users of the store need of the values
export type {
  AnyEvents,
  CategoryIdentifier,
  Clock,
  EventName,
  IdentifiedEvent,
  Jsonify,
  JsonObject,
  JsonValue,
  Logger,
  LogIdentifier,
  NewEvent,
  SourceIdentifier,
  StoredEvent,
  StreamIdentifier,
} from "@eventfold/types";
export {
  DuplicateEventIdError,
  EventfoldError,
  type EventsMatched,
  EventsMatchedError,
  InvalidEventError,
  InvalidNameError,
  isEventfoldError,
  parseStoredEvent,
  printStoredEvent,
  StorageBusyError,
  StorageFullError,
  StorageUnavailableError,
  UnmetWriteConditionError,
} from "@eventfold/types";
