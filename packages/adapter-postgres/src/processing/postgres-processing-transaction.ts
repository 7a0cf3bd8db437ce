import {
  type CheckpointMove,
  type ClosingStep,
  LeaseLostError,
  type OwnedEventToPark,
  type ProcessingTransaction,
  type UnparkRequest,
} from "@eventfold/processing";
import { detailOf, isConnectionLoss, sqlstateOf } from "../errors/sqlstate.ts";
import { translateError } from "../errors/translate-error.ts";
import type { TransactionSession } from "../transaction/transaction-session.ts";
import { type ClosingOptions, closingStatement, closingText } from "./closing-statement.ts";

/** Processing within a transaction of the adapter's or of the caller's. */
export class PostgresProcessingTransaction implements ProcessingTransaction {
  readonly #session: TransactionSession;
  readonly #options: ClosingOptions;
  readonly #moves: CheckpointMove[] = [];
  readonly #unparked: UnparkRequest[] = [];
  readonly #parked: OwnedEventToPark[] = [];

  constructor(session: TransactionSession, options: ClosingOptions) {
    this.#session = session;
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#session.isEnded;
  }

  async commitWith({ moves = [], unparked = [], parked = [] }: ClosingStep): Promise<void> {
    this.#session.throwIfEnded();
    if (moves.length + unparked.length + parked.length === 0) return;
    if (this.#session.isCallers) return this.#takeAtOnce({ moves, unparked, parked });
    if (this.#moves.length + this.#unparked.length + this.#parked.length === 0) this.#takeLast();
    // The caller may change what it has given before the commit.
    this.#moves.push(...structuredClone(moves));
    this.#unparked.push(...structuredClone(unparked));
    this.#parked.push(...structuredClone(parked));
  }

  async #takeAtOnce(step: ClosingStep): Promise<void> {
    try {
      await this.#session.run(closingStatement(step, this.#options));
    } catch (error) {
      throw translateError(toldError(error));
    }
  }

  #takeLast(): void {
    this.#session.commitAfter({
      text: () => closingText({ moves: this.#moves, unparked: this.#unparked, parked: this.#parked }, this.#options),
      errorOf: toldError,
    });
  }
}

const LEASE_LOST = "EF004"; // what the function fails with

/**
 * The error that a transaction rejects with. An error of the caller's own constraints at the commit comes back unchanged, and so
 * does the loss of the connection, which other code has to see.
 */
function toldError(error: unknown): unknown {
  const sqlstate = sqlstateOf(error);
  if (sqlstate === undefined || isConnectionLoss(error) || isOfConstraint(sqlstate)) return error;
  if (sqlstate !== LEASE_LOST) return translateError(error);
  const [subscription, partition] = detailOf(error)?.split("/") ?? [];
  return new LeaseLostError({ subscription: Number(subscription), partition: Number(partition), cause: error });
}

function isOfConstraint(sqlstate: string): boolean {
  return sqlstate.startsWith("23") && sqlstate !== "23000"; // which the function fails with when something keeps rows out
}
