import { type AdapterLife, Sharing } from "@eventfold/store/adapter";
import type { MemoryTransactions } from "./memory-transactions.ts";

/** What a memory adapter shares with the other adapters of this package. */
export interface MemoryDatabase {
  readonly life: AdapterLife;
  readonly transactions: MemoryTransactions;
}

/** What event adapters share with projections. */
export const sharing = new Sharing<MemoryDatabase>("MemoryEventStorageAdapter");
