// Events
export type {
  AnyEvents,
  EventName,
  EventShape,
  EventTable,
  HasDefinedEvents,
  PublishedPayload,
} from "./event-table.ts";
export { eventTable } from "./event-table.ts";
export type { IdentifiedEvent, NewEvent, NewEventOf } from "./new-event.ts";
export type { StoredEvent, StoredEventOf } from "./stored-event.ts";
export { parseStoredEvent, printStoredEvent } from "./stored-event-text.ts";
export { NO_TAGS, TAG_LIMIT } from "./tags.ts";

// Identifiers and names
export type { CategoryIdentifier, LogIdentifier, SourceIdentifier, StreamIdentifier } from "./source-identifier.ts";
export {
  categoryIdentifier,
  logIdentifier,
  parseSourceIdentifier,
  printSourceIdentifier,
  streamIdentifier,
} from "./source-identifier.ts";
export type { NameKind } from "./name.ts";
export { checkedName, NAME_LIMITS, nameFault, storedNameFault } from "./name.ts";

// JSON
export type { JsonArray, Jsonify, JsonObject, JsonValue, ReadPayload } from "./json.ts";
export { isJsonObject } from "./json.ts";
export { parseJson } from "./parse-json.ts";

// Time, logging, and what callers are told
export { callAside } from "./call-aside.ts";
export { isUnawaited } from "./unawaited.ts";
export type { Clock } from "./clock.ts";
export { systemClock } from "./clock.ts";
export { EARLIEST_EVENT_TIME_MS, eventTimeMs, LATEST_EVENT_TIME_MS } from "./event-time.ts";
export type { Logger } from "./logger.ts";
export { guardedLogger, silentLogger } from "./logger.ts";

// Errors
export { AdapterClosedError } from "./errors/adapter-closed-error.ts";
export { DuplicateEventIdError } from "./errors/duplicate-event-id-error.ts";
export type { EventfoldErrorOptions } from "./errors/eventfold-error.ts";
export { EventfoldError } from "./errors/eventfold-error.ts";
export { type EventsMatched, EventsMatchedError } from "./errors/events-matched-error.ts";
export { InvalidEventError } from "./errors/invalid-event-error.ts";
export { InvalidNameError } from "./errors/invalid-name-error.ts";
export type { EventfoldErrorCode, EventfoldErrorsByCode } from "./errors/is-eventfold-error.ts";
export { isEventfoldError } from "./errors/is-eventfold-error.ts";
export { LogBehindError, type LogBehindErrorOptions, type LogBehindReason } from "./errors/log-behind-error.ts";
export {
  type LogChange,
  LogChangedError,
  type NewestEvent,
  UnrestorableEventError,
  type UnrestorableEventErrorOptions,
} from "./errors/restore-errors.ts";
export type { EditedMigration, SchemaVersions } from "./errors/schema-errors.ts";
export {
  MigrationEditedError,
  OrderingGuaranteeMismatchError,
  SchemaTooNewError,
  SchemaTooOldError,
} from "./errors/schema-errors.ts";
export type { PreparedWrite, StorageErrorOptions } from "./errors/storage-errors.ts";
export {
  NotADatabaseError,
  StorageAccessDeniedError,
  StorageBusyError,
  StorageFailedError,
  StorageFullError,
  StorageReadOnlyError,
  StorageReplacedError,
  StorageUnavailableError,
} from "./errors/storage-errors.ts";
export { NestedPublishError, TransactionEndedError, UnsuitableTransactionError } from "./errors/transaction-errors.ts";
export type { UnmetWriteCondition } from "./errors/unmet-write-condition-error.ts";
export { UnmetWriteConditionError } from "./errors/unmet-write-condition-error.ts";
export { isUnreadableEvent, type UnreadableEvent } from "./errors/unreadable-event.ts";
export {
  type EventLocation,
  UnreadableEventError,
  type UnreadableEventErrorOptions,
} from "./errors/unreadable-event-error.ts";
