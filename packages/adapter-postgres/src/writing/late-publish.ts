import { StorageBusyError, StorageUnavailableError } from "@eventfold/types";
import { isConnectionLoss } from "../errors/sqlstate.ts";

/** The error of a publish whose time is over, by what last stood in its way; `undefined`: it never had its turn. */
export function lateError(obstacle: unknown): Error {
  if (obstacle !== undefined && isConnectionLoss(obstacle)) {
    return new StorageUnavailableError("PostgreSQL could not be reached within `writeTimeoutMs`. Nothing was stored.", {
      cause: obstacle,
    });
  }
  return new StorageBusyError("The turn of this publish did not come within `writeTimeoutMs`. Nothing was stored.", {
    cause: obstacle,
  });
}
