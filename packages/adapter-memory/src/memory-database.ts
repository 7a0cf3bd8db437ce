import { type AdapterLife, Sharing } from "@eventfold/store/adapter";
import type { MemoryTables } from "./memory-tables.ts";
import type { MemoryTransactions } from "./memory-transactions.ts";

/** What a memory adapter shares with the other adapters of this package. */
export interface MemoryDatabase {
  readonly life: AdapterLife;
  readonly transactions: MemoryTransactions;
  readonly tables: MemoryTables;
}

/** What event adapters share with the other adapters. */
export const sharing = new Sharing<MemoryDatabase>("MemoryEventStorageAdapter");

/** How an adapter is opened that is to share the database of an event adapter. */
export interface SharingOptions {
  readonly shareWith: object;
  readonly writeTimeoutMs: number | undefined;
}

/**
 * The database that another adapter is to share.
 *
 * @throws `TypeError` when it is none of a memory event adapter, or a time-out of its own is given.
 */
export function sharedDatabase({ shareWith, writeTimeoutMs }: SharingOptions): MemoryDatabase {
  if (writeTimeoutMs !== undefined) throw new TypeError("With shareWith, the event adapter's writeTimeoutMs applies.");
  return sharing.sharedBy(shareWith);
}
