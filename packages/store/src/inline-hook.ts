import type { StoredEvent } from "@eventfold/types";
import type { BoundEventStore } from "./bound-event-store.ts";
import type { OrderingGuarantee, Transaction } from "./storage/event-storage-adapter.ts";

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
