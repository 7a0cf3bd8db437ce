import type { StoredEvent } from "@eventfold/types";
import type { BoundEventStore } from "./bound-event-store.ts";
import type { EventStorageAdapter, Transaction } from "./storage/event-storage-adapter.ts";
import type { OrderingGuarantee } from "./storage/ordering-guarantee.ts";
import type { InlineHooks } from "./store-context.ts";

/** A publish whose events are stored, in a transaction that is not committed yet. */
export interface InlinePublish<TTransaction extends Transaction = Transaction> {
  /** All events of the publish, by sequence number: one or more. */
  readonly events: readonly StoredEvent[];
  /** The transaction that they were stored in. */
  readonly transaction: TTransaction;
  /** The store that published them, bound to the transaction: its reads see them. What it publishes runs no hooks. */
  readonly store: BoundEventStore;
}

/** What runs inside the transaction of every publish, and the order it relies on. */
export interface InlineHookOptions<TTransaction extends Transaction = Transaction> {
  /**
   * The scope of the order that the hook relies on: whether it derives from one stream, one category, or the log. An
   * adapter with a narrower ordering guarantee is refused, since parallel publishes would not see each other.
   */
  readonly needsOrder: OrderingGuarantee;

  /**
   * Runs once for each publish that stores events, not for a repeat or a mere check. When it rejects, nothing is stored,
   * and the publish rejects with the same error.
   */
  run(publish: InlinePublish<TTransaction>): Promise<void>;
}

/**
 * Something that runs inside the transaction of every publish, before it commits: an inline projection, an outbox. Pass
 * it to `new EventStore({ adapter, inline: [...] })`. {@link inlineHook} makes one that writes to your own tables.
 *
 * @example
 * ```ts
 * const outbox: InlineHook = { needsOrder: "stream", run: async ({ events }) => console.log(events.length) };
 * ```
 */
export interface InlineHook extends InlineHookOptions {
  /** The adapter whose transactions it takes; a store on another adapter refuses it. Absent: those of any adapter. */
  readonly adapter?: EventStorageAdapter | undefined;
}

/**
 * An inline hook for the transactions of one adapter: `transaction.client` has that adapter's type, for your own
 * tables. A store on another adapter refuses the hook with a `TypeError`.
 *
 * @example
 * ```ts
 * const outbox = inlineHook(adapter, {
 *   needsOrder: "stream",
 *   run: async ({ events, transaction }) => {
 *     const insert = transaction.client.prepare("insert into outbox (event) values (?)");
 *     for (const { id } of events) insert.run(id);
 *   },
 * });
 * const store = new EventStore({ adapter, inline: [outbox] });
 * ```
 */
export function inlineHook<TTransaction extends Transaction>(
  adapter: EventStorageAdapter<TTransaction>,
  options: InlineHookOptions<TTransaction>,
): InlineHook {
  const hook: InlineHookOptions = options; // the store refuses other adapters, so other transactions do not come to it
  return Object.freeze<InlineHook>({
    adapter,
    needsOrder: hook.needsOrder,
    run: (publish) => hook.run(publish),
  });
}

/** The store whose publishes hooks run in. */
export interface HookedStore {
  readonly adapter: EventStorageAdapter;
  /** The transaction that the store is bound to; `undefined` where each publish has one of its own. */
  readonly transaction: Transaction | undefined;
  /** The store within a transaction, without hooks. */
  readonly storeWithin: (transaction: Transaction) => BoundEventStore;
}

/**
 * The hooks of a store, ready to run.
 *
 * @throws `TypeError` when the adapter has no transactions, when a hook is for another adapter, or when one needs more order than
 * the adapter promises.
 */
export function inlineHooks(
  hooks: readonly InlineHook[],
  { adapter, transaction: bound, storeWithin }: HookedStore,
): InlineHooks {
  for (const hook of hooks) refuseUnfit(hook, adapter);
  const run: InlineHooks["run"] = (transaction, events) =>
    runHooks(hooks, { events, transaction, store: storeWithin(transaction) });
  if (bound !== undefined) return { inTransaction: (work) => work(bound), run };
  if (typeof adapter.transaction !== "function") {
    throw new TypeError("Inline projections need transactions, but the adapter has none. Save them in another way.");
  }
  return { inTransaction: adapter.transaction.bind(adapter), run };
}

const REACH: Readonly<Record<OrderingGuarantee, number>> = { stream: 0, category: 1, log: 2 };

function refuseUnfit({ needsOrder, adapter: own }: InlineHook, adapter: EventStorageAdapter): void {
  if (own !== undefined && own !== adapter) {
    throw new TypeError(
      "The inline hook was made for another adapter. Make it for the store's: `inlineHook(adapter, …)`.",
    );
  }
  const { orderingGuarantee } = adapter;
  if (REACH[orderingGuarantee] >= REACH[needsOrder]) return;
  throw new TypeError(
    `An inline projection needs the ordering guarantee "${needsOrder}", but the log was created with "${orderingGuarantee}".`,
  );
}

/** If the caller ignored an error after events were stored, its transaction would commit them. */
async function runHooks(hooks: readonly InlineHook[], publish: InlinePublish): Promise<void> {
  try {
    for (const hook of hooks) await hook.run(publish);
  } catch (error) {
    publish.transaction.rollbackWith?.(error);
    throw error;
  }
}
