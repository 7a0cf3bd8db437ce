import { isEventfoldError } from "@eventfold/types";
import { TransactionsNotSharedError, type UnsharedStorage } from "../errors/transactions-not-shared-error.ts";
import type { ProcessingStorageAdapter } from "../storage/processing-storage-adapter.ts";
import type { ClosingStep } from "../storage/processing-transaction.ts";
import type { Subscription } from "../subscription/subscription.ts";
import { Places } from "./places.ts";

/** What the transactions of a node are run with. */
export interface LaneTransactionsOptions {
  /** Where leases and checkpoints are stored. */
  readonly adapter: ProcessingStorageAdapter;
  readonly leaseMs: number;
}

/** What is stored in a transaction, and how far that is. */
export interface ClosedWork {
  /** What is committed with it. */
  readonly step: ClosingStep;
  /** What is stored; when it rejects nothing is. */
  readonly work: (transaction: object) => Promise<void>;
}

/** The transactions of all lanes of a node: no more at once than leave connections for everything else. */
export class LaneTransactions {
  readonly #adapter: ProcessingStorageAdapter;
  readonly #idleTimeoutMs: number;
  readonly #places: Places;

  constructor({ adapter, leaseMs }: LaneTransactionsOptions) {
    this.#adapter = adapter;
    this.#idleTimeoutMs = leaseMs / 2;
    this.#places = new Places(adapter.transactionsAtOnce);
  }

  /**
   * Runs work in one transaction of those that the subscription has, which commits together with a closing step, in one message where
   * the database can.
   *
   * @throws what the work rejects with, rolled back; `LeaseLostError` when the step could not be taken; else what the transaction
   * rejects with.
   */
  async run({ name, transactions }: Subscription, { step, work }: ClosedWork): Promise<void> {
    if (transactions === undefined)
      throw new TypeError(`The subscription ${JSON.stringify(name)} has no transactions.`);
    const options = { idleTimeoutMs: this.#idleTimeoutMs };
    await this.#places.during(() =>
      transactions.transaction(async (transaction) => {
        await work(transaction);
        await this.#adapter.within(transaction).commitWith(step);
      }, options),
    );
  }

  /**
   * Finds out whether checkpoints, and projections, can be committed in the transactions of a subscription, by one in which nothing is
   * done.
   *
   * @throws `TransactionsNotSharedError` when they cannot; else what the transaction rejects with.
   */
  async verify({ name: subscription, transactions, handler }: Subscription): Promise<void> {
    let storage: UnsharedStorage = "processing";
    try {
      await transactions?.transaction(async (transaction) => {
        this.#adapter.within(transaction);
        storage = "projections";
        if (handler.beginFold !== undefined) handler.checkTransaction(transaction);
      });
    } catch (cause) {
      if (!isEventfoldError(cause, "UNSUITABLE_TRANSACTION")) throw cause;
      throw new TransactionsNotSharedError({ subscription, storage, cause });
    }
  }
}
