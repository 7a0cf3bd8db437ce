import type { MemoryTransactions, TransactionScope } from "./memory-transactions.ts";

/** What a memory adapter lets the others of this package share. */
export interface SharedMemory {
  readonly transactions: MemoryTransactions;
  /** Why every call fails, once the adapter is closed. */
  ended(): Error | undefined;
  /** The scope of a transaction that the adapter handed out; `undefined` for any other object. */
  scopeOf(transaction: object): TransactionScope | undefined;
}

const SHARED = new WeakMap<object, SharedMemory>();

/** Lets others find what an adapter shares. */
export function share(adapter: object, memory: SharedMemory): void {
  SHARED.set(adapter, memory);
}

/** What an adapter shares; `undefined` when it is none of this package. */
export function sharedMemoryOf(adapter: object): SharedMemory | undefined {
  return SHARED.get(adapter);
}
