import { type AdapterLife, TransactionScope } from "@eventfold/store/adapter";
import type { WriteQueue } from "../writing/write-queue.ts";
import type { Client } from "./client.ts";

/** What {@link Transactions} are made from. */
export interface TransactionsOptions {
  readonly client: Client;
  readonly life: AdapterLife;
  readonly queue: WriteQueue;
}

/** The transactions on a database: those that the adapter runs, one at a time, and those of callers that it has joined. */
export class Transactions {
  readonly #options: TransactionsOptions;
  readonly #handedOut = new WeakMap<object, TransactionScope>();

  constructor(options: TransactionsOptions) {
    this.#options = options;
  }

  /**
   * Runs work in one transaction, alone: committed when it fulfils, rolled back when it rejects, with its own error.
   *
   * @param handOut makes what the work is given of the transaction.
   */
  async run<T, TTransaction extends object>(
    handOut: (scope: TransactionScope) => TTransaction,
    work: (transaction: TTransaction) => Promise<T>,
  ): Promise<T> {
    const { client, life, queue } = this.#options;
    life.throwIfMayNotWrite();
    return queue.exclusively(async () => {
      const scope = scopeOn(client);
      const transaction = this.#handOut(scope, handOut);
      try {
        return await life.runInside(scope, () => work(transaction));
      } finally {
        scope.end();
      }
    });
  }

  /** Joins a transaction that a caller has open on a client of its own. */
  join<TTransaction extends object>(client: Client, handOut: (scope: TransactionScope) => TTransaction): TTransaction {
    return this.#handOut(scopeOn(client), handOut);
  }

  /** The scope of a transaction that was handed out here; `undefined` for every other object. */
  scopeOf(transaction: object): TransactionScope | undefined {
    return this.#handedOut.get(transaction);
  }

  #handOut<TTransaction extends object>(
    scope: TransactionScope,
    handOut: (scope: TransactionScope) => TTransaction,
  ): TTransaction {
    const transaction = handOut(scope);
    this.#handedOut.set(transaction, scope);
    return transaction;
  }
}

function scopeOn(client: Client): TransactionScope {
  return new TransactionScope({ isOver: () => !client.inTransaction });
}
