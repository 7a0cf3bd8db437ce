import type { ProcessingStorageAdapter } from "@eventfold/processing";

/** Runs work in a transaction of an adapter that declares that it has them. */
export function inProcessingTransaction<T>(
  adapter: ProcessingStorageAdapter,
  work: (transaction: object) => Promise<T>,
): Promise<T> {
  if (adapter.transaction === undefined)
    throw new Error("The adapter declares transactions, but has no transaction().");
  return adapter.transaction(work);
}
