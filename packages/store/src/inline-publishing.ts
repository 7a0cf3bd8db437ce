import type { InlineHook, InlinePublish } from "./inline-hook.ts";
import { type PublishEntry, type Published, publishEntries, repeatable } from "./publishing.ts";
import type { EventStorage } from "./storage/event-storage.ts";
import type { EventStorageAdapter, OrderingGuarantee, Transaction } from "./storage/event-storage-adapter.ts";

/** How a store publishes when hooks run in the transaction of every publish. */
export interface InlinePublishing {
  readonly hooks: readonly InlineHook[];
  /** Runs work in the transaction that the store is bound to, or else in one of its own. */
  readonly inTransaction: (work: (transaction: Transaction) => Promise<Published>) => Promise<Published>;
}

const TRANSACTIONS = new WeakMap<EventStorage, Transaction>();

/** The storage of a transaction, from which {@link inlinePublishing} will find the transaction again. */
export function bindToTransaction(transaction: Transaction): EventStorage {
  TRANSACTIONS.set(transaction.storage, transaction);
  return transaction.storage;
}

/** @throws `TypeError` when there are hooks, and the storage has no transactions, or promises less order than one needs. */
export function inlinePublishing(storage: EventStorage, hooks: readonly InlineHook[]): InlinePublishing | undefined {
  if (hooks.length === 0) return undefined;
  const bound = TRANSACTIONS.get(storage);
  if (bound !== undefined) return { hooks, inTransaction: (work) => work(bound) };
  const adapter = storage as EventStorageAdapter;
  if (typeof adapter.transaction !== "function") {
    throw new TypeError("Inline projections need transactions, and the adapter has none. Keep them stored otherwise.");
  }
  for (const { needsOrder } of hooks) refuseTooLittleOrder(adapter.orderingGuarantee, needsOrder);
  return { hooks, inTransaction: (work) => (adapter as Required<EventStorageAdapter>).transaction(work) };
}

/** Publishes entries and runs the hooks, all in one transaction. */
export async function publishInline(
  { hooks, inTransaction }: InlinePublishing,
  entries: readonly PublishEntry[],
): Promise<Published> {
  try {
    return await inTransaction(async (transaction) => {
      const published = await publishEntries(transaction.storage, entries);
      const events = published.events.flat();
      if (published.isRepeat || events.length === 0) return published;
      await runHooks(hooks, { events, transaction });
      return published;
    });
  } catch (error) {
    throw repeatable(error, entries);
  }
}

const REACH: Readonly<Record<OrderingGuarantee, number>> = { stream: 0, category: 1, log: 2 };

function refuseTooLittleOrder(guarantee: OrderingGuarantee, needed: OrderingGuarantee): void {
  if (REACH[guarantee] >= REACH[needed]) return;
  throw new TypeError(
    `An inline projection needs the ordering guarantee "${needed}", and the log was created with "${guarantee}".`,
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
