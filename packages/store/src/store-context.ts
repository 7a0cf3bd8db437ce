import type { Logger } from "@eventfold/types";
import type { InlineHooks } from "./inline-hook.ts";
import type { EventDefaults } from "./publish-request.ts";
import type { EventStorage } from "./storage/event-storage.ts";
import type { EventStorageAdapter } from "./storage/event-storage-adapter.ts";

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
