import type { CheckpointMove } from "./checkpoint.ts";
import type { OwnedEventToPark, UnparkRequest } from "./parked-event.ts";

/** What the last step of a transaction does. */
export interface ClosingStep {
  /** Moves of the checkpoints of distinct partitions. */
  readonly moves?: readonly CheckpointMove[] | undefined;
  readonly unparked?: readonly UnparkRequest[] | undefined;
  /** Events to park, after the removals. An event that is parked already is kept once, with its new error and attempts. */
  readonly parked?: readonly OwnedEventToPark[] | undefined;
}

/**
 * Processing within a transaction of the database: the changes that the work makes, and how far it has come, are stored together or
 * not at all.
 */
export interface ProcessingTransaction {
  /** Whether every further call fails: the transaction has ended, or the adapter is closed. */
  readonly isClosed: boolean;

  /**
   * Lets the transaction commit only together with a step, which is taken last, after everything else in the transaction. If the
   * storage can, it takes the step in one message with the commit, so that a process that freezes between the two holds up nobody.
   * Further calls add to the step.
   *
   * A move must find its token and `was`, a parked or removed event must find its token, and an event to remove must be parked.
   * Otherwise the transaction is rolled back, and its `transaction` call rejects with `LeaseLostError`. Nothing counts as a repeat
   * here, because the rest of the transaction would then be stored twice.
   *
   * In a transaction that the caller commits, the step is taken at once, and this call itself rejects: roll back then.
   *
   * @throws `LeaseLostError` (`LEASE_LOST`) from the transaction, when a partition has another token or checkpoint.
   * @throws `TransactionEndedError` (`TRANSACTION_ENDED`) when it had been committed or rolled back before.
   */
  commitWith(step: ClosingStep): Promise<void>;
}
