import type { TransactionOptions } from "@eventfold/store";

/** Something that runs transactions, such as an open event storage adapter. */
export interface Transactional<TTransaction extends object = object> {
  /** Like `EventStorageAdapter.transaction`. */
  transaction<T>(work: (transaction: TTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
}

/** @throws `TypeError` for a value that does not run transactions. */
export function checkTransactional(value: { readonly transaction?: unknown }): void {
  if (typeof value?.transaction === "function") return;
  throw new TypeError("transactions must be the open event storage adapter with which processing shares its database.");
}
