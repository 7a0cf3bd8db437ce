import type { NewEvent } from "../new-event.ts";
import { EventfoldError } from "./eventfold-error.ts";

/** What an error of the storage beneath is made from. */
export interface StorageErrorOptions {
  /** The driver's error. */
  readonly cause?: unknown;
}

/**
 * The storage, or every connection to it, was in use for longer than the time-out. Nothing was stored; the identical
 * call may succeed.
 */
export class StorageBusyError extends EventfoldError {
  declare readonly code: "STORAGE_BUSY";

  constructor(message: string, { cause }: StorageErrorOptions = {}) {
    super(message, { code: "STORAGE_BUSY", isRetryable: true, cause });
  }
}

/** The events of one stream as they were sent to the storage: with their ids and times. */
export interface PreparedWrite {
  readonly category: string;
  readonly stream: string;
  readonly events: readonly NewEvent[];
}

/**
 * The storage could not be reached, or the reply to a write was lost and repeating it did not give an answer in time.
 * Whether the write took place is not known. Publishing `preparedWrites` again, under the same conditions, is safe:
 * they carry their ids, so a write that took place is recognised as a repeat.
 */
export class StorageUnavailableError extends EventfoldError {
  declare readonly code: "STORAGE_UNAVAILABLE";
  /** What was being published, with ids and times; empty when nothing was. */
  readonly preparedWrites: readonly PreparedWrite[];

  constructor(
    message: string,
    { cause, preparedWrites = [] }: StorageErrorOptions & { readonly preparedWrites?: readonly PreparedWrite[] } = {},
  ) {
    super(message, { code: "STORAGE_UNAVAILABLE", isRetryable: true, cause });
    this.preparedWrites = preparedWrites;
  }
}

/** The disk, or the quota, is full. Nothing was stored; once there is room the identical call may succeed. */
export class StorageFullError extends EventfoldError {
  declare readonly code: "STORAGE_FULL";

  constructor(message: string, { cause }: StorageErrorOptions = {}) {
    super(message, { code: "STORAGE_FULL", isRetryable: true, cause });
  }
}

/** The storage can be read, but not written. */
export class StorageReadOnlyError extends EventfoldError {
  declare readonly code: "STORAGE_READ_ONLY";

  constructor(message: string, { cause }: StorageErrorOptions = {}) {
    super(message, { code: "STORAGE_READ_ONLY", cause });
  }
}

/** The storage refused the call for lack of rights, or its credentials are wrong. */
export class StorageAccessDeniedError extends EventfoldError {
  declare readonly code: "STORAGE_ACCESS_DENIED";

  constructor(message: string, { cause }: StorageErrorOptions = {}) {
    super(message, { code: "STORAGE_ACCESS_DENIED", cause });
  }
}

/**
 * The file that the storage has open was deleted, moved or replaced by another, as a deployment, a clean-up or a
 * restored backup does. Nothing was stored, because it would have been lost. Open a new adapter.
 */
export class StorageReplacedError extends EventfoldError {
  declare readonly code: "STORAGE_REPLACED";
  /** The path, which now leads to another file or to none. */
  readonly path: string;

  constructor(path: string, { cause }: StorageErrorOptions = {}) {
    super(
      `The file ${JSON.stringify(path)} was deleted, moved or replaced while it was open. Nothing was stored. ` +
        "Put it back, or close this adapter and open a new one.",
      { code: "STORAGE_REPLACED", cause },
    );
    this.path = path;
  }
}

/** What was opened is not a database of the kind the adapter needs, or is damaged. */
export class NotADatabaseError extends EventfoldError {
  declare readonly code: "NOT_A_DATABASE";

  constructor(message: string, { cause }: StorageErrorOptions = {}) {
    super(message, { code: "NOT_A_DATABASE", cause });
  }
}

/** The storage failed in a way that no other error describes; `cause` is what the driver said. */
export class StorageFailedError extends EventfoldError {
  declare readonly code: "STORAGE_FAILED";

  constructor(message: string, { cause }: StorageErrorOptions = {}) {
    super(message, { code: "STORAGE_FAILED", cause });
  }
}
