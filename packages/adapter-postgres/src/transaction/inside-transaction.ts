import { AsyncLocalStorage } from "node:async_hooks";

/** A transaction whose callback is running. */
export interface OpenTransaction {
  /** The adapter's transactions that it belongs to. */
  readonly owner: object;
  readonly storage: { readonly isClosed: boolean };
}

const current = new AsyncLocalStorage<OpenTransaction>();

/** Runs work as the callback of a transaction. */
export function runInside<T>(transaction: OpenTransaction, work: () => Promise<T>): Promise<T> {
  return current.run(transaction, work);
}

/**
 * Whether the caller is the callback of a transaction that is still open, of one adapter or of any. Such a caller must not
 * wait for writers in flight: it is one.
 */
export function isInsideTransaction(owner?: object): boolean {
  const transaction = current.getStore();
  if (transaction === undefined || transaction.storage.isClosed) return false;
  return owner === undefined || transaction.owner === owner;
}
