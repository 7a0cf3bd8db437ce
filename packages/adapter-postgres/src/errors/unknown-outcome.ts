import { StorageUnavailableError } from "@eventfold/types";

/**
 * The error of a publish whose outcome is unknown and that could not be repeated. The store adds what was published.
 */
export function unknownOutcome(obstacle: unknown): StorageUnavailableError {
  return new StorageUnavailableError(
    "PostgreSQL's reply to this publish was lost, and repeating it gave no answer, so it may have been stored. " +
      "Publish `preparedWrites`: events that are stored already are recognised by their ids.",
    { cause: obstacle },
  );
}
