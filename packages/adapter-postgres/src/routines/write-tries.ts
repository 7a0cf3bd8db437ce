import { isEventfoldError, StorageUnavailableError } from "@eventfold/store/adapter";
import { isConnectionLoss, isReadOnlyRefusal, sqlstateOf } from "../errors/sqlstate.ts";
import { translateError } from "../errors/translate-error.ts";

// Calls that failed with these have written nothing.
const AGAIN = new Set([
  "40001", // serialization_failure, where the role's default isolation level is stricter than READ COMMITTED
  "40P01", // deadlock_detected
  "55P03", // lock_not_available: the time to wait for a lock is over for this try
]);

const QUEUE_FULL = "54000"; // only the queue of notifications is of this class, and a full one fails every commit that notifies.

/** The tries of one call that writes: whether another one may help, and which error the caller gets in the end. */
export class WriteTries {
  #notifies = true;
  #mayBeDone = false;
  #wasReadOnly = false;

  /** Whether the next try notifies listeners. */
  get notifies(): boolean {
    return this.#notifies;
  }

  /** Notes how a try failed. If the connection was lost after the call was sent, the call may have been carried out. */
  note(error: unknown, { isSent }: { readonly isSent: boolean }): void {
    if (isSent && isConnectionLoss(error)) this.#mayBeDone = true;
  }

  /** Whether another try may help. */
  mayHelp(error: unknown): boolean {
    if (isConnectionLoss(error) || isEventfoldError(error, "STORAGE_BUSY")) return true;
    const sqlstate = sqlstateOf(error) ?? "";
    if (sqlstate === QUEUE_FULL && this.#notifies) {
      this.#notifies = false;
      return true;
    }
    if (isReadOnlyRefusal(error) && !this.#wasReadOnly) {
      this.#wasReadOnly = true; // of the server that was the primary; the next connection may lead to the one that is.
      return true;
    }
    return AGAIN.has(sqlstate);
  }

  /** The error of the call, if there is no other try. */
  ending(error: unknown): unknown {
    if (!this.#mayBeDone) return translateError(error);
    return new StorageUnavailableError(
      "PostgreSQL's reply to this call was lost, and repeating it gave no answer, so it may have been carried out. Make the same call again.",
      { cause: error },
    );
  }
}
