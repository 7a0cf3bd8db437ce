import type { Logger, StoredEvent } from "@eventfold/types";
import type { EventDefaults } from "./event-preparation.ts";
import type { EventStorage } from "./storage/event-storage.ts";
import type { EventStorageAdapter, Transaction } from "./storage/event-storage-adapter.ts";

/** The inline hooks of a store, and what they run in. */
export interface InlineHooks {
  /** Runs work in the transaction that the store is bound to, or else in one of its own. */
  readonly inTransaction: <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>;
  /** Runs the hooks, one after the other, for events that are stored in the transaction. */
  readonly run: (transaction: Transaction, events: readonly StoredEvent[]) => Promise<void>;
}

/** What a store hands to its streams, categories and log. */
export interface StoreContext extends EventDefaults {
  readonly adapter: EventStorageAdapter;
  /** What is read and written: the storage of the adapter, or of the transaction that the store is bound to. */
  readonly storage: EventStorage;
  /** Whether the store is bound to a transaction, which ends and so cannot be followed. */
  readonly isBound: boolean;
  readonly logger: Logger;
  /** What runs in the transaction of every publish; `undefined` where nothing does. */
  readonly inline: InlineHooks | undefined;
}
