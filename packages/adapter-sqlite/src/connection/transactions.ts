import {
  type AdapterLife,
  checkedIdleTimeoutMs,
  HandedOutTransactions,
  type TransactionOptions,
  TransactionScope,
} from "@eventfold/store/adapter";
import type { WriteQueue } from "../writing/write-queue.ts";
import type { Client } from "./client.ts";

/** What {@link Transactions} are made from. */
export interface TransactionsOptions {
  readonly client: Client;
  readonly life: AdapterLife;
  readonly queue: WriteQueue;
}

/** A transaction that was handed out. */
export interface OpenedTransaction {
  readonly client: Client;
  readonly scope: TransactionScope;
  /** Has a step taken last, in one piece with the commit, which it can prevent; `undefined` where the caller commits. */
  readonly beforeCommit: ((step: () => void) => void) | undefined;
}

/** The transactions on a database: those that the adapter runs, one at a time, and those of callers that it has joined. */
export class Transactions {
  readonly #options: TransactionsOptions;
  readonly #handedOut = new HandedOutTransactions<OpenedTransaction>();
  #running: OpenedTransaction | undefined;

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
    options: TransactionOptions = {},
  ): Promise<T> {
    const { client, life, queue } = this.#options;
    life.throwIfMayNotWrite();
    const idleTimeoutMs = checkedIdleTimeoutMs(options);
    const lastSteps: (() => void)[] = [];
    const takeLastSteps = () => {
      for (const step of lastSteps) step();
    };
    return queue.exclusively(async () => {
      const scope = scopeOn(client);
      const running: OpenedTransaction = { client, scope, beforeCommit: (step) => lastSteps.push(step) };
      const transaction = this.#handOut(running, handOut);
      this.#running = running;
      try {
        return await life.runInside(scope, () => work(transaction), idleTimeoutMs);
      } finally {
        scope.end();
        this.#running = undefined;
      }
    }, takeLastSteps);
  }

  /** Joins a transaction that a caller has opened on its own client. */
  join<TTransaction extends object>(client: Client, handOut: (scope: TransactionScope) => TTransaction): TTransaction {
    const isOwn = client === this.#options.client;
    return this.#handOut(
      { client, scope: scopeOn(client), beforeCommit: isOwn ? this.#running?.beforeCommit : undefined },
      handOut,
    );
  }

  /**
   * The transaction that an object was handed out for here.
   *
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) for every other object.
   */
  openedAs(transaction: object): OpenedTransaction {
    return this.#handedOut.behind(transaction);
  }

  #handOut<TTransaction extends object>(
    opened: OpenedTransaction,
    handOut: (scope: TransactionScope) => TTransaction,
  ): TTransaction {
    const transaction = handOut(opened.scope);
    this.#handedOut.add(transaction, opened);
    return transaction;
  }
}

function scopeOn(client: Client): TransactionScope {
  return new TransactionScope({ isOver: () => !client.inTransaction });
}
