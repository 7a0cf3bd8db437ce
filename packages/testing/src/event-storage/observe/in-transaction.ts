import type { EventStorageAdapter, Transaction, TransactionOptions } from "@eventfold/store";

/** Runs work in a transaction of an adapter that declares that it has them. */
export function inTransaction<T>(
  adapter: EventStorageAdapter,
  work: (transaction: Transaction) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  if (adapter.transaction === undefined)
    throw new Error("The adapter declares transactions, but has no transaction().");
  return adapter.transaction(work, options);
}
