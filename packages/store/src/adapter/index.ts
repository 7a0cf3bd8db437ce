// The port: what an adapter implements
export type { AllowedPositions } from "../storage/allowed-positions.ts";
export { EMPTY_STREAM_POSITION, GREATEST_POSITION, isAllowed } from "../storage/allowed-positions.ts";
export { type EventQueryItem, matchesAny } from "../storage/event-query-item.ts";
export type {
  EventStorage,
  FailIf,
  SaveRequest,
  SaveResult,
  ScanBounds,
  StorageBoundary,
  StorageLatestOptions,
  StorageListingOptions,
  StorageScanOptions,
  StreamWrite,
  UnmetWrite,
} from "../storage/event-storage.ts";
export type {
  EventStorageAdapter,
  SourceNews,
  SourcePlace,
  StorageCapabilities,
  Transaction,
  TransactionOptions,
} from "../storage/event-storage-adapter.ts";
export type { OrderingGuarantee } from "../storage/ordering-guarantee.ts";
export {
  type AdverseFinding,
  type FindingSeverity,
  type SoundFinding,
  type StorageFinding,
  worstFirst,
} from "../storage/storage-finding.ts";
export type { StorageInspection, StructureOptions } from "../storage/storage-inspection.ts";
export type { EventCount, StorageSize, StorageStatus } from "../storage/storage-status.ts";
export type {
  FaultyEvent,
  StructureFault,
  StructureFaultKind,
  StructureProgress,
  StructureStep,
  StructureUnchecked,
} from "../storage/structure-step.ts";
export type { ParsedTexts, PreparedEvent } from "../storage/prepared-event.ts";
export type { EventText, StoredEventText, StoredTextsOptions } from "../storage/stored-event-text.ts";
export {
  RESTORE_LIMIT_BYTES,
  RESTORE_LIMIT_EVENTS,
  RESTORE_LIMIT_NUMBER,
  type RestoreBatch,
} from "../storage/restore-batch.ts";
export { boundsOf } from "../scan-bounds.ts";
export { isWithinBounds } from "../storage/within-bounds.ts";

// From opening to closing
export {
  checkedChoice,
  checkedIdleTimeoutMs,
  checkedOrderingGuarantee,
  checkedTimeoutMs,
  LONGEST_TIMEOUT_MS,
} from "./adapter-options.ts";
export { AdapterLife, type AdapterEnding, type AdapterLifeOptions } from "./adapter-life.ts";
export type { Lifetime } from "./lifetime.ts";
export { Sharing } from "./sharing.ts";
export { WakeUps } from "./wake-ups.ts";

// Transactions, and waiting for a turn
export { HandedOutTransactions } from "./handed-out-transactions.ts";
export { isInsideTransaction, JoiningWork } from "./inside-transaction.ts";
export { TransactionScope, type TransactionScopeOptions } from "./transaction-scope.ts";
export { Deadline } from "./deadline.ts";
export { Turns, type TurnsOptions } from "./turns.ts";

// Judging a publish
export { type IdJudgement, judgedByIds, type StoredPlace, unmetWrites } from "./judgement.ts";
export { preparedWritesOf } from "./prepared-writes.ts";

// Telling what commits do
export { type CommitMessage, type QueuedPublish, queuedPublish, traceCommit } from "./commit-channel.ts";

// Reading the boundary of a query
export { boundaryUpToHorizon } from "./boundary-up-to-horizon.ts";

// Restoring events
export { checkedEventText, type CheckedEventTextOptions } from "./checked-event-text.ts";
export {
  type CheckedRestoreBatch,
  checkedRestoreBatch,
  isSameEvent,
  passedNumberFault,
  positionFault,
} from "./checked-restore-batch.ts";

// Stored events
export { damagedEventError } from "./damaged-event-error.ts";
export { type EventPlace, parsedTextsOf, storedEventOf } from "./stored-event-of.ts";

// Migrations
export type { AppliedMigration, MigrationStatus, PendingMigration, SchemaMigration } from "./schema-migration.ts";
export { migrationStatuses, pendingMigrations, refusePending } from "./schema-migration.ts";

// Following
export { retryDelayMs } from "../following.ts";
export { Tail, type TailPage, type TailRequest } from "../tail.ts";

// Going through pages
export { itemsOf, pagesUntilAborted } from "../paging.ts";
export { checkedSignal } from "../scan-options.ts";

// Values as they are stored
export { isEventId } from "../event-id.ts";
export { memberNames, withKnownMembers } from "../known-members.ts";
export { checkedMetadata, withMetadataDefaults } from "../metadata.ts";
export { type JsonForm, jsonFormOf, type SortedJson, sortedJsonOf } from "../json-form.ts";
export { printPath, type ValuePath } from "../value-path.ts";
export { endOfWrittenJson } from "../written-json.ts";

// What adapters need of the values
export type {
  JsonValue,
  Jsonify,
  Logger,
  NewestEvent,
  NewEvent,
  PreparedWrite,
  SourceIdentifier,
  StoredEvent,
} from "@eventfold/types";
export {
  callAside,
  guardedLogger,
  NO_TAGS,
  parseJson,
  parseSourceIdentifier,
  printSourceIdentifier,
} from "@eventfold/types";
export {
  AdapterClosedError,
  DuplicateEventIdError,
  isEventfoldError,
  LogBehindError,
  LogChangedError,
  MigrationEditedError,
  NestedPublishError,
  NotADatabaseError,
  OrderingGuaranteeMismatchError,
  SchemaTooNewError,
  SchemaTooOldError,
  StorageAccessDeniedError,
  StorageBusyError,
  StorageFailedError,
  StorageFullError,
  StorageReadOnlyError,
  StorageReplacedError,
  StorageUnavailableError,
  TransactionEndedError,
  UnrestorableEventError,
  UnsuitableTransactionError,
} from "@eventfold/types";
