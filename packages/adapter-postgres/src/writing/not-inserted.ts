import { StorageFailedError } from "@eventfold/types";

/** For events that the server has not inserted although nothing is in their way, and has reported no error for. */
export function notInserted(): StorageFailedError {
  return new StorageFailedError(
    "PostgreSQL did not insert the events, although nothing is in their way: a trigger or a rule kept it from doing so. " +
      "Nothing was stored. Remove it from the table of events.",
  );
}
