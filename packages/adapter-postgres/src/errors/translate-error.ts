import type { EventfoldError } from "@eventfold/types";
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
import { isConnectionLoss, sqlstateOf } from "./sqlstate.ts";

type Failure = (cause: unknown) => EventfoldError;

const accessDenied: Failure = (cause) =>
  new StorageAccessDeniedError("PostgreSQL refused the credentials, or the role lacks a right that is needed.", {
    cause,
  });
const notADatabase: Failure = (cause) =>
  new NotADatabaseError(
    "This is not a database with an event log: the database, the schema, a table or a function is missing or damaged. " +
      "Check the connection, `schema` and `eventsTable`.",
    { cause },
  );
const busy: Failure = (cause) =>
  new StorageBusyError(
    "PostgreSQL did not finish in time: others held what it needed, or a time-out ended it. Nothing was stored.",
    {
      cause,
    },
  );
const unprepared: Failure = (cause) =>
  new StorageFailedError(
    "PostgreSQL does not know a prepared statement, as happens behind a pooler. Open the adapter with `preparedStatements: false`.",
    { cause },
  );

const BY_SQLSTATE: ReadonlyMap<string, Failure> = new Map([
  [
    "25001",
    (cause) =>
      new UnsuitableTransactionError(
        "Events can be published only at READ COMMITTED, but this transaction is stricter.",
        {
          cause,
        },
      ),
  ],
  [
    "25006",
    (cause) =>
      new StorageReadOnlyError("PostgreSQL can only be read here: it is a standby, or the transaction is read-only.", {
        cause,
      }),
  ],
  [
    "25P02",
    (cause) =>
      new UnsuitableTransactionError(
        "An earlier statement of this transaction failed, so it can only be rolled back.",
        { cause },
      ),
  ],
  ["26000", unprepared],
  ["28000", accessDenied],
  ["28P01", accessDenied],
  ["3D000", notADatabase],
  ["3F000", notADatabase],
  ["40001", busy],
  ["40P01", busy],
  ["42501", accessDenied],
  ["42703", notADatabase],
  ["42883", notADatabase],
  ["42P01", notADatabase],
  ["42P05", unprepared],
  ["53100", (cause) => new StorageFullError("PostgreSQL's disk is full. Nothing was stored.", { cause })],
  ["53200", busy],
  ["55P03", busy],
  ["57014", busy],
  ["57P04", notADatabase],
  ["XX001", notADatabase],
  ["XX002", notADatabase],
] satisfies [string, Failure][]);

/**
 * The library's error for what the driver threw, recognised by its SQLSTATE or by having none, never by its text. An
 * error that is the library's already, or a fault in how the driver was called, comes back as it is.
 */
export function translateError(error: unknown): unknown {
  if (isEventfoldError(error)) return error;
  const failure = BY_SQLSTATE.get(sqlstateOf(error) ?? "");
  if (failure !== undefined) return failure(error);
  if (isConnectionLoss(error)) {
    return new StorageUnavailableError("PostgreSQL cannot be reached, or the connection was lost.", { cause: error });
  }
  if (sqlstateOf(error) === undefined) return error;
  return new StorageFailedError(`PostgreSQL failed with SQLSTATE ${sqlstateOf(error)}.`, { cause: error });
}
