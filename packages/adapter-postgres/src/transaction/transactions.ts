import { NestedPublishError, UnsuitableTransactionError } from "@eventfold/types";
import type { ClientBase, PoolClient } from "pg";
import type { Connections } from "../connection/connections.ts";
import { refuseBinary } from "../connection/refuse-binary.ts";
import { waitingForStandbys } from "../connection/standby-wait.ts";
import { isReadOnlyRefusal } from "../errors/sqlstate.ts";
import { translated } from "../errors/translate-error.ts";
import { beginStatement } from "./begin-statement.ts";
import { isInsideTransaction, runInside } from "./inside-transaction.ts";
import { TransactionSession } from "./transaction-session.ts";

/** What {@link Transactions} is made from. */
export interface TransactionsOptions<TTransaction extends object> {
  readonly connections: Connections;
  readonly idleTimeoutMs: number;
  /** Makes what callers are given of a transaction. */
  transactionOn(session: TransactionSession): TTransaction;
}

type Outcome<T> =
  | { readonly kind: "committed"; readonly result: T }
  | { readonly kind: "rolled-back"; readonly error: unknown };

/** The transactions that an adapter runs, and the guard against a call that would wait for the one it is made in. */
export class Transactions<TTransaction extends object> {
  readonly #options: TransactionsOptions<TTransaction>;
  readonly #sessions = new WeakMap<object, TransactionSession>();

  constructor(options: TransactionsOptions<TTransaction>) {
    this.#options = options;
  }

  /** @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of a transaction that is still open. */
  throwIfInside(): void {
    if (isInsideTransaction(this)) throw new NestedPublishError();
  }

  /**
   * Joins a transaction that is open on a client of the caller's.
   *
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) when none is, or it has failed.
   */
  joined(client: ClientBase): TTransaction {
    refuseBinary(client);
    if (client.getTransactionStatus() !== "T") {
      throw new UnsuitableTransactionError(
        "The client has no transaction in which something could be done: begin one first.",
      );
    }
    return this.#transactionOn(this.#sessionOn(client));
  }

  /** The session of a transaction that came from here; `undefined` for every other object. */
  sessionOf(transaction: object): TransactionSession | undefined {
    return this.#sessions.get(transaction);
  }

  /** Runs work in a transaction: committed when it fulfils, rolled back when it rejects, with its own error. */
  async run<T>(work: (transaction: TTransaction) => Promise<T>): Promise<T> {
    const outcome = await this.#options.connections
      .use((client) => waitingForStandbys(client, () => this.#runOn(client, work)))
      .catch(rethrown);
    if (outcome.kind === "rolled-back") throw outcome.error;
    return outcome.result;
  }

  async #runOn<T>(client: PoolClient, work: (transaction: TTransaction) => Promise<T>): Promise<Outcome<T>> {
    await client.query(beginStatement(this.#options.idleTimeoutMs));
    const failures: unknown[] = [];
    const session = this.#sessionOn(client, (error) => failures.push(error));
    try {
      const result = await runInside({ owner: this, storage: session }, () => work(this.#transactionOn(session)));
      if (failures.length > 0) throw failures[0];
      const command = await session.end("commit");
      // The server answers so, without an error, when a statement of the transaction had failed.
      if (command !== "COMMIT")
        throw new UnsuitableTransactionError("A statement of the transaction failed, so it was rolled back.");
      return { kind: "committed", result };
    } catch (error) {
      if (isReadOnlyRefusal(error)) this.#options.connections.renew();
      // Without an answer the connection is given up; the server then rolls back by itself.
      const isRolledBack = await session.end("rollback").then(
        () => true,
        () => false,
      );
      if (isRolledBack) return { kind: "rolled-back", error };
      throw error;
    }
  }

  #sessionOn(client: ClientBase, rollbackWith?: (error: unknown) => void): TransactionSession {
    return new TransactionSession({ client, form: this.#options.connections.form, rollbackWith });
  }

  #transactionOn(session: TransactionSession): TTransaction {
    const transaction = this.#options.transactionOn(session);
    this.#sessions.set(transaction, session);
    return transaction;
  }
}

function rethrown(error: unknown): never {
  throw translated(error);
}
