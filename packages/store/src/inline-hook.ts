import type { StoredEvent } from "@eventfold/types";
import type { BoundEventStore } from "./bound-event-store.ts";
import type { EventStorageAdapter, OrderingGuarantee, Transaction } from "./storage/event-storage-adapter.ts";

/** A publish whose events are stored, in a transaction that is not committed yet. */
export interface InlinePublish {
  /** All events of the publish, by sequence number: one or more. */
  readonly events: readonly StoredEvent[];
  /** The transaction that they were stored in. */
  readonly transaction: Transaction;
  /** The store that published them, bound to the transaction: its reads see them. What it publishes runs no hooks. */
  readonly store: BoundEventStore;
}

/**
 * Something that runs inside the transaction of every publish, before it commits: an inline projection, an outbox. Pass it
 * to `new EventStore({ adapter, inline: [...] })`.
 *
 * @example
 * ```ts
 * const outbox: InlineHook = { needsOrder: "stream", run: async ({ events }) => console.log(events.length) };
 * ```
 */
export interface InlineHook {
  /**
   * How far the order must reach that the hook relies on: what it derives from one stream, one category, or the log. An
   * adapter with a narrower ordering guarantee is refused, for publishes in parallel would not see each other.
   */
  readonly needsOrder: OrderingGuarantee;

  /**
   * Runs once for each publish that stores events, not for a repeat or a mere check. When it rejects, nothing is stored,
   * and the publish rejects with the same error.
   */
  run(publish: InlinePublish): Promise<void>;
}

/** The hooks of a store, and what they run in. */
export interface InlineHooks {
  readonly hooks: readonly InlineHook[];
  /** Runs work in the transaction that the store is bound to, or else in one of its own. */
  readonly inTransaction: <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>;
  /** The store within a transaction, without hooks. */
  readonly storeWithin: (transaction: Transaction) => BoundEventStore;
}

/** What runs the transactions that hooks run in. */
export interface HookedStore extends Pick<InlineHooks, "storeWithin"> {
  readonly adapter: EventStorageAdapter;
  /** The transaction that the store is bound to; `undefined` where each publish has one of its own. */
  readonly transaction: Transaction | undefined;
}

/** @throws `TypeError` when the adapter has no transactions, or promises less order than a hook needs. */
export function inlineHooks(
  hooks: readonly InlineHook[],
  { adapter, transaction, storeWithin }: HookedStore,
): InlineHooks {
  for (const hook of hooks) refuseUnfit(hook, adapter);
  if (transaction !== undefined) return { hooks, inTransaction: (work) => work(transaction), storeWithin };
  if (typeof adapter.transaction !== "function") {
    throw new TypeError("Inline projections need transactions, and the adapter has none. Keep them stored otherwise.");
  }
  return { hooks, inTransaction: adapter.transaction.bind(adapter), storeWithin };
}

const REACH: Readonly<Record<OrderingGuarantee, number>> = { stream: 0, category: 1, log: 2 };

function refuseUnfit({ needsOrder }: InlineHook, { orderingGuarantee }: EventStorageAdapter): void {
  if (REACH[orderingGuarantee] >= REACH[needsOrder]) return;
  throw new TypeError(
    `An inline projection needs the ordering guarantee "${needsOrder}", and the log was created with "${orderingGuarantee}".`,
  );
}

/** An error after events were stored must not be overlooked by the caller's transaction, or it would commit them. */
export async function runHooks(hooks: readonly InlineHook[], publish: InlinePublish): Promise<void> {
  try {
    for (const hook of hooks) await hook.run(publish);
  } catch (error) {
    publish.transaction.rollbackWith?.(error);
    throw error;
  }
}
