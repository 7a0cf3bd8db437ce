import type { TransactionOptions } from "@eventfold/store";

/** What runs transactions: an open event storage adapter, as it is. */
export interface Transactional<TTransaction extends object = object> {
  /** As `EventStorageAdapter.transaction`. */
  transaction<T>(work: (transaction: TTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
}

/** @throws `TypeError` for what runs no transactions. */
export function checkTransactional(value: { readonly transaction?: unknown }): void {
  if (typeof value?.transaction === "function") return;
  throw new TypeError("transactions is the open event storage adapter that processing shares its database with.");
}
