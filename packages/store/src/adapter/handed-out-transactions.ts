import { UnsuitableTransactionError } from "@eventfold/types";

/**
 * The transactions that an adapter has handed out, and what is behind each: how the adapters that share a database find it
 * when they are given one. Nothing is kept alive by it.
 *
 * @example
 * ```ts
 * const handedOut = new HandedOutTransactions<TransactionScope>();
 * const transaction = {};
 * handedOut.add(transaction, new TransactionScope());
 * handedOut.behind(transaction).throwIfEnded();
 * ```
 */
export class HandedOutTransactions<TBehind> {
  readonly #behind = new WeakMap<object, TBehind>();

  /** Takes note of what is behind a transaction. */
  add(transaction: object, behind: TBehind): void {
    this.#behind.set(transaction, behind);
  }

  /**
   * What is behind a transaction.
   *
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) for every object that was not handed out here.
   */
  behind(transaction: object): TBehind {
    const behind = this.#behind.get(transaction);
    if (behind !== undefined) return behind;
    throw new UnsuitableTransactionError(
      "The transaction belongs to another adapter. Open this one with `shareWith` to use the event adapter's transactions.",
    );
  }
}
