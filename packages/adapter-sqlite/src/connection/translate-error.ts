import { types } from "node:util";
import {
  isEventfoldError,
  NotADatabaseError,
  StorageAccessDeniedError,
  StorageBusyError,
  StorageFailedError,
  StorageFullError,
  StorageReadOnlyError,
  StorageUnavailableError,
  UnsuitableTransactionError,
} from "@eventfold/types";

/** The driver's extended result code of an error, such as `SQLITE_IOERR_WRITE`; `undefined` if it is none of SQLite's. */
export function sqliteCodeOf(error: unknown): string | undefined {
  // By shape: the driver's class of errors is that of the realm which loaded it first.
  if (typeof error !== "object" || error === null || !("code" in error) || typeof error.code !== "string")
    return undefined;
  return error.code.startsWith("SQLITE_") ? error.code : undefined;
}

/** Whether another connection holds the database, so that trying again later makes sense. */
export function isBusy(error: unknown): boolean {
  if (isStaleSnapshot(error)) return false;
  const code = primaryCodeOf(error);
  return code === "SQLITE_BUSY" || code === "SQLITE_LOCKED" || code === "SQLITE_PROTOCOL";
}

/** Whether a transaction would write over what others have committed since it read: that can never succeed. */
function isStaleSnapshot(error: unknown): boolean {
  return sqliteCodeOf(error) === "SQLITE_BUSY_SNAPSHOT";
}

/**
 * The library's error for a failure of the driver, by its result code, with the driver's error as `cause`. The library's
 * own errors pass through.
 */
export function translateError(error: unknown): Error {
  if (isEventfoldError(error)) return error;
  const code = sqliteCodeOf(error);
  if (isStaleSnapshot(error)) {
    return new UnsuitableTransactionError(
      "The transaction has read the database, and others have written to it since, so it can only be rolled back. Begin it with BEGIN IMMEDIATE.",
      { cause: error },
    );
  }
  const said = code ?? (types.isNativeError(error) ? error.name : typeof error);
  switch (primaryCodeOf(error)) {
    case "SQLITE_BUSY":
    case "SQLITE_LOCKED":
    case "SQLITE_PROTOCOL":
      return new StorageBusyError(`Another connection holds the database (${said}). Try again.`, { cause: error });
    case "SQLITE_FULL":
      return new StorageFullError("The disk or the quota is full. Nothing was stored.", { cause: error });
    case "SQLITE_READONLY":
      return new StorageReadOnlyError(`The database cannot be written to (${said}).`, { cause: error });
    case "SQLITE_PERM":
    case "SQLITE_AUTH":
      return new StorageAccessDeniedError(`The database refused access (${said}).`, { cause: error });
    case "SQLITE_NOTADB":
      return new NotADatabaseError("The file is not an SQLite database, or is encrypted.", { cause: error });
    case "SQLITE_CORRUPT":
      return new NotADatabaseError(`The database is damaged (${said}). Restore it from a backup.`, { cause: error });
    case "SQLITE_CANTOPEN":
    case "SQLITE_IOERR":
      return new StorageUnavailableError(`The file system failed (${said}).`, { cause: error });
    default:
      return new StorageFailedError(`SQLite failed (${said}).`, { cause: error });
  }
}

/** For a row that SQLite has not written without reporting an error, as a trigger with RAISE(IGNORE) makes it do. */
export function notWritten(what: string): StorageFailedError {
  return new StorageFailedError(
    `SQLite did not write ${what}, without an error, as happens under a trigger that ignores it. Nothing was stored. ` +
      "Remove the triggers on the tables that begin with eventfold_.",
  );
}

/** The code without its extension: `SQLITE_IOERR` of `SQLITE_IOERR_WRITE`. */
function primaryCodeOf(error: unknown): string | undefined {
  return sqliteCodeOf(error)?.split("_", 2).join("_");
}
