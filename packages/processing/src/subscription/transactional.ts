import type { TransactionOptions } from "@eventfold/store";

/** What runs transactions: an open event storage adapter, as it is. */
export interface Transactional<TTransaction extends object = object> {
  /** As `EventStorageAdapter.transaction`. */
  transaction<T>(work: (transaction: TTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
}

/** @throws `TypeError` for what runs no transactions. */
export function checkTransactional(value: { readonly transaction?: unknown }): void {
  if (typeof value?.transaction === "function") return;
  throw new TypeError("transactions must be the open event storage adapter with which processing shares its database.");
}
