import {
  type AdapterLife,
  checkedIdleTimeoutMs,
  HandedOutTransactions,
  type TransactionOptions,
  TransactionScope,
  Turns,
} from "@eventfold/store/adapter";

/** A part of a transaction: it is told how the transaction ended, before anyone else may write. */
export interface TransactionPart {
  /** Asked just before anything is committed. @throws why the transaction must be rolled back. */
  verify?(): void;
  /** Must not throw. */
  commit(): void;
  /** Must not throw. */
  rollback(): void;
}

/** One open transaction, and what takes part in it. */
export class MemoryTransaction {
  readonly scope = new TransactionScope();
  readonly #parts: TransactionPart[] = [];

  /** Takes part: everything commits together, or nothing does. */
  join(part: TransactionPart): void {
    this.#parts.push(part);
  }

  /** @throws what a part's `verify` throws; nothing is committed then. */
  commit(): void {
    for (const part of this.#parts) part.verify?.();
    for (const part of this.#parts) part.commit();
  }

  rollback(): void {
    for (const part of this.#parts) part.rollback();
  }
}

/** The turns of all writers of one memory: single writes and transactions, one at a time. */
export class MemoryTransactions {
  readonly #life: AdapterLife;
  readonly #turns: Turns;
  readonly #handedOut = new HandedOutTransactions<MemoryTransaction>();

  constructor(life: AdapterLife, timeoutMs: number) {
    this.#life = life;
    this.#turns = new Turns({ timeoutMs });
  }

  /** Whether a write need not wait. */
  get isFree(): boolean {
    return this.#turns.isFree;
  }

  /** Writes when its turn comes. */
  write<T>(work: () => T): Promise<T> {
    return this.#life.track(this.#turns.take(work));
  }

  /**
   * Runs work in one transaction, alone; what joined commits when it fulfils and rolls back when it rejects, with its own error.
   *
   * @param handOut makes what the work is given of the transaction.
   */
  async run<T, TTransaction extends object>(
    handOut: (transaction: MemoryTransaction) => TTransaction,
    work: (transaction: TTransaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    this.#life.throwIfMayNotWrite();
    const idleTimeoutMs = checkedIdleTimeoutMs(options);
    const running = this.#turns.take(async () => {
      const transaction = new MemoryTransaction();
      const { scope } = transaction;
      try {
        const handedOut = handOut(transaction);
        this.#handedOut.add(handedOut, transaction);
        const result = await this.#life.runInside(scope, () => work(handedOut), idleTimeoutMs);
        transaction.commit();
        return result;
      } catch (error) {
        transaction.rollback();
        throw error;
      } finally {
        scope.end();
      }
    });
    return this.#life.track(running);
  }

  /**
   * The transaction behind one that was handed out here.
   *
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) for every other object.
   */
  openedAs(handedOut: object): MemoryTransaction {
    return this.#handedOut.behind(handedOut);
  }
}
