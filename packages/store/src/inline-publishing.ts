import type { BoundEventStore } from "./bound-event-store.ts";
import type { InlineHook, InlinePublish } from "./inline-hook.ts";
import { type PublishEntry, type Published, publishEntries, repeatable } from "./publishing.ts";
import type { EventStorageAdapter, OrderingGuarantee, Transaction } from "./storage/event-storage-adapter.ts";

/** How a store publishes when hooks run in the transaction of every publish. */
export interface InlinePublishing {
  readonly hooks: readonly InlineHook[];
  /** Runs work in the transaction that the store is bound to, or else in one of its own. */
  readonly inTransaction: (work: (transaction: Transaction) => Promise<Published>) => Promise<Published>;
  /** The store within a transaction, without hooks. */
  readonly storeWithin: (transaction: Transaction) => BoundEventStore;
}

/** What runs the transactions that hooks run in. */
export interface HookedStore {
  readonly adapter: EventStorageAdapter;
  /** The transaction that the store is bound to; `undefined` where each publish has one of its own. */
  readonly transaction: Transaction | undefined;
  readonly storeWithin: (transaction: Transaction) => BoundEventStore;
}

/** @throws `TypeError` when the adapter has no transactions, or promises less order than a hook needs. */
export function inlinePublishing(
  { adapter, transaction, storeWithin }: HookedStore,
  hooks: readonly InlineHook[],
): InlinePublishing {
  for (const hook of hooks) refuseUnfit(hook, adapter);
  if (transaction !== undefined) return { hooks, inTransaction: (work) => work(transaction), storeWithin };
  if (typeof adapter.transaction !== "function") {
    throw new TypeError("Inline projections need transactions, and the adapter has none. Keep them stored otherwise.");
  }
  const inTransaction = (adapter as Required<EventStorageAdapter>).transaction.bind(adapter);
  return { hooks, inTransaction, storeWithin };
}

/** Publishes entries and runs the hooks, all in one transaction. */
export async function publishInline(
  { hooks, inTransaction, storeWithin }: InlinePublishing,
  entries: readonly PublishEntry[],
): Promise<Published> {
  try {
    return await inTransaction(async (transaction) => {
      const published = await publishEntries(transaction.storage, entries);
      const events = published.events.flat();
      if (published.isRepeat || events.length === 0) return published;
      await runHooks(hooks, { events, transaction, store: storeWithin(transaction) });
      return published;
    });
  } catch (error) {
    throw repeatable(error, entries);
  }
}

const REACH: Readonly<Record<OrderingGuarantee, number>> = { stream: 0, category: 1, log: 2 };

function refuseUnfit({ needsOrder }: InlineHook, { orderingGuarantee }: EventStorageAdapter): void {
  if (REACH[orderingGuarantee] >= REACH[needsOrder]) return;
  throw new TypeError(
    `An inline projection needs the ordering guarantee "${needsOrder}", and the log was created with "${orderingGuarantee}".`,
  );
}

/** An error after events were stored must not be overlooked by the caller's transaction, or it would commit them. */
async function runHooks(hooks: readonly InlineHook[], publish: InlinePublish): Promise<void> {
  try {
    for (const hook of hooks) await hook.run(publish);
  } catch (error) {
    publish.transaction.rollbackWith?.(error);
    throw error;
  }
}
