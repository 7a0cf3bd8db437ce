import type { AdapterClosedError } from "./adapter-closed-error.ts";
import type { DuplicateEventIdError } from "./duplicate-event-id-error.ts";
import type { EventfoldError } from "./eventfold-error.ts";
import type { EventsMatchedError } from "./events-matched-error.ts";
import type { InvalidEventError } from "./invalid-event-error.ts";
import type { InvalidNameError } from "./invalid-name-error.ts";
import type { LogBehindError } from "./log-behind-error.ts";
import type { LogChangedError, UnrestorableEventError } from "./restore-errors.ts";
import type {
  MigrationEditedError,
  OrderingGuaranteeMismatchError,
  SchemaTooNewError,
  SchemaTooOldError,
} from "./schema-errors.ts";
import type {
  NotADatabaseError,
  StorageAccessDeniedError,
  StorageBusyError,
  StorageFailedError,
  StorageFullError,
  StorageReadOnlyError,
  StorageReplacedError,
  StorageUnavailableError,
} from "./storage-errors.ts";
import type { NestedPublishError, TransactionEndedError, UnsuitableTransactionError } from "./transaction-errors.ts";
import type { UnmetWriteConditionError } from "./unmet-write-condition-error.ts";
import type { UnreadableEventError } from "./unreadable-event-error.ts";

/** The error that belongs to each code of this package. Other packages add theirs by declaration merging. */
export interface EventfoldErrorsByCode {
  ADAPTER_CLOSED: AdapterClosedError;
  DUPLICATE_EVENT_ID: DuplicateEventIdError;
  EVENTS_MATCHED: EventsMatchedError;
  INVALID_EVENT: InvalidEventError;
  INVALID_NAME: InvalidNameError;
  LOG_BEHIND: LogBehindError;
  LOG_CHANGED: LogChangedError;
  MIGRATION_EDITED: MigrationEditedError;
  NESTED_PUBLISH: NestedPublishError;
  NOT_A_DATABASE: NotADatabaseError;
  ORDERING_GUARANTEE_MISMATCH: OrderingGuaranteeMismatchError;
  SCHEMA_TOO_NEW: SchemaTooNewError;
  SCHEMA_TOO_OLD: SchemaTooOldError;
  STORAGE_ACCESS_DENIED: StorageAccessDeniedError;
  STORAGE_BUSY: StorageBusyError;
  STORAGE_FAILED: StorageFailedError;
  STORAGE_FULL: StorageFullError;
  STORAGE_READ_ONLY: StorageReadOnlyError;
  STORAGE_REPLACED: StorageReplacedError;
  STORAGE_UNAVAILABLE: StorageUnavailableError;
  TRANSACTION_ENDED: TransactionEndedError;
  UNMET_WRITE_CONDITION: UnmetWriteConditionError;
  UNREADABLE_EVENT: UnreadableEventError;
  UNRESTORABLE_EVENT: UnrestorableEventError;
  UNSUITABLE_TRANSACTION: UnsuitableTransactionError;
}

/** A code of {@link EventfoldErrorsByCode}. */
export type EventfoldErrorCode = keyof EventfoldErrorsByCode;

/**
 * Whether a value is an error of the library, from any copy of it and any realm. It tests the `code`, not the class:
 * each copy of a package, and each context of `node:vm` that a test runner makes, has its own class.
 */
export function isEventfoldError(value: unknown): value is EventfoldError;
/**
 * Whether a value is the library's error of one code, with the fields of that error.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "DUPLICATE_EVENT_ID")) console.log(error.ids);
 * ```
 */
export function isEventfoldError<TCode extends EventfoldErrorCode>(
  value: unknown,
  code: TCode,
): value is EventfoldErrorsByCode[TCode];
export function isEventfoldError(value: unknown, code?: string): boolean {
  if (typeof value !== "object" || value === null || !("code" in value) || !("isRetryable" in value)) return false;
  if (typeof value.code !== "string" || typeof value.isRetryable !== "boolean") return false;
  return code === undefined || value.code === code;
}
