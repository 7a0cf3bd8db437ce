import {
  checkedIdleTimeoutMs,
  HandedOutTransactions,
  type TransactionOptions,
  UnsuitableTransactionError,
} from "@eventfold/store/adapter";
import type { ClientBase, PoolClient } from "pg";
import type { Connections } from "../connection/connections.ts";
import { refuseBinary } from "../connection/refuse-binary.ts";
import { waitingForStandbys } from "../connection/standby-wait.ts";
import { isReadOnlyRefusal } from "../errors/sqlstate.ts";
import { translateError } from "../errors/translate-error.ts";
import { beginStatement } from "./begin-statement.ts";
import { TransactionSession } from "./transaction-session.ts";

/** What {@link Transactions} is made from. */
export interface TransactionsOptions {
  readonly connections: Connections;
  /** How long a transaction may be idle, unless a call says otherwise. */
  readonly idleTimeoutMs: number;
}

/** Makes the object that callers get for a transaction. */
type HandOut<TTransaction extends object> = (session: TransactionSession) => TTransaction;

type Outcome<T> =
  | { readonly kind: "committed"; readonly result: T }
  | { readonly kind: "rolled-back"; readonly error: unknown };

/** The transactions on a database: those that the adapter runs, and those of callers that it joins. */
export class Transactions {
  readonly #options: TransactionsOptions;
  readonly #handedOut = new HandedOutTransactions<TransactionSession>();

  constructor(options: TransactionsOptions) {
    this.#options = options;
  }

  /**
   * Runs work in one transaction: committed when it fulfils, rolled back when it rejects, with its own error.
   *
   * @param handOut makes the object for the transaction that the work is given.
   */
  async run<T, TTransaction extends object>(
    handOut: HandOut<TTransaction>,
    work: (transaction: TTransaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const { connections, idleTimeoutMs: usual } = this.#options;
    const { life } = connections;
    life.throwIfMayNotWrite();
    const idleTimeoutMs = checkedIdleTimeoutMs(options) ?? usual;
    const outcome = await connections
      .use((client) =>
        waitingForStandbys(client, connections.requiredStandbys, () =>
          this.#runOn(client, idleTimeoutMs, (session) =>
            life.runInside(session.scope, () => work(this.#handOut(session, handOut))),
          ),
        ),
      )
      .catch(rethrown);
    if (outcome.kind === "rolled-back") throw outcome.error;
    return outcome.result;
  }

  /**
   * Joins a transaction that is open on the caller's client.
   *
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) when none is open, or it has failed.
   */
  join<TTransaction extends object>(client: ClientBase, handOut: HandOut<TTransaction>): TTransaction {
    refuseBinary(client);
    if (client.getTransactionStatus() !== "T") {
      throw new UnsuitableTransactionError(
        "The client has no open transaction, or a failed one. Begin a new one first.",
      );
    }
    return this.#handOut(this.#sessionOn(client, { isCallers: true }), handOut);
  }

  /**
   * The session of a transaction that was handed out here.
   *
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) for every other object.
   */
  sessionOf(transaction: object): TransactionSession {
    return this.#handedOut.behind(transaction);
  }

  async #runOn<T>(
    client: PoolClient,
    idleTimeoutMs: number,
    callback: (session: TransactionSession) => Promise<T>,
  ): Promise<Outcome<T>> {
    await client.query(beginStatement(idleTimeoutMs));
    const session = this.#sessionOn(client, { isCallers: false });
    try {
      const result = await callback(session);
      const command = await session.commit();
      // The server answers so, without an error, when a statement of the transaction had failed.
      if (command !== "COMMIT")
        throw new UnsuitableTransactionError("A statement of the transaction failed, so it was rolled back.");
      return { kind: "committed", result };
    } catch (error) {
      if (isReadOnlyRefusal(error)) this.#options.connections.renew();
      // Without an answer the connection is dropped; the server then rolls back by itself.
      const isRolledBack = await session.rollback().then(
        () => true,
        () => false,
      );
      if (isRolledBack) return { kind: "rolled-back", error };
      throw error;
    }
  }

  #sessionOn(client: ClientBase, { isCallers }: { readonly isCallers: boolean }): TransactionSession {
    return new TransactionSession({ client, form: this.#options.connections.form, isCallers });
  }

  #handOut<TTransaction extends object>(session: TransactionSession, handOut: HandOut<TTransaction>): TTransaction {
    const transaction = handOut(session);
    this.#handedOut.add(transaction, session);
    return transaction;
  }
}

function rethrown(error: unknown): never {
  throw translateError(error);
}
