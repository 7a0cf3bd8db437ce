import type { EventStore } from "@eventfold/store";
import { JoiningWork } from "@eventfold/store/adapter";
import { TransactionEndedError } from "@eventfold/types";
import type { EventsToPublish } from "../subscription/event-handler.ts";
import type { Entry } from "./backlog.ts";
import { KeptEvents } from "./kept-events.ts";
import type { LaneWork } from "./lane-work.ts";

/**
 * What one call of a handler does in the database: its transaction, which begins when it is first asked for, and the events that it
 * publishes. Both take place when it has returned, together with the checkpoint, or not at all when it fails.
 */
export class HandlerEffects {
  readonly #lane: LaneWork;
  readonly #entries: readonly Entry[];
  readonly #kept: KeptEvents;
  readonly #joining = new JoiningWork();
  readonly #returned = Promise.withResolvers<void>();
  #begun: { readonly opened: Promise<object>; readonly committed: Promise<void> } | undefined;
  #isOver = false;

  constructor(lane: LaneWork, entries: readonly Entry[]) {
    this.#lane = lane;
    this.#entries = entries;
    this.#kept = new KeptEvents(lane.subscription.name);
    this.#returned.promise.catch(() => {}); // where there is no transaction nobody looks at it
  }

  /** Calls the handler. From the beginning of its transaction on, it must not wait for others that wait for it. */
  run<T>(handler: () => T): T {
    return this.#joining.run(handler);
  }

  /** The transaction of the call. */
  async transaction(): Promise<object> {
    if (this.#isOver) throw new TransactionEndedError();
    const { name, transactions } = this.#lane.subscription;
    if (transactions === undefined) {
      throw new TypeError(
        `The subscription ${JSON.stringify(name)} has no transactions: give it \`transactions\`, the event storage adapter with which processing shares its database.`,
      );
    }
    return this.#begin().opened;
  }

  /** Keeps events back until the handler has returned. */
  publish<TEvents extends object>(
    cause: { readonly id: string },
    store: EventStore,
    entries: readonly EventsToPublish<TEvents>[],
  ): void {
    if (this.#isOver) throw new TransactionEndedError();
    this.#kept.keep(cause.id, store, entries);
  }

  /** The handler has returned: stores what it has done, and in a transaction that its events are done. */
  async store(): Promise<void> {
    this.#isOver = true;
    if (this.#begun === undefined && this.#kept.isEmpty) return;
    if (this.#lane.subscription.transactions === undefined) return this.#kept.publish();
    const { committed } = this.#begin();
    this.#returned.resolve();
    await committed;
  }

  /** The handler has failed: nothing of it is stored. Fulfils when that is certain. */
  async discard(error: unknown): Promise<void> {
    this.#isOver = true;
    this.#returned.reject(error);
    await this.#begun?.committed.catch(() => {}); // the error of the handler counts
  }

  #begin(): { readonly opened: Promise<object>; readonly committed: Promise<void> } {
    if (this.#begun !== undefined) return this.#begun;
    const opened = Promise.withResolvers<object>();
    const committed = this.#lane.transact(this.#entries, async (transaction) => {
      this.#joining.join();
      opened.resolve(transaction);
      await this.#untilReturned();
      await this.#kept.publish(transaction);
    });
    committed.catch(opened.reject);
    opened.promise.catch(() => {}); // whoever waits for the commit is told too
    this.#begun = { opened: opened.promise, committed };
    return this.#begun;
  }

  /** Waits for the handler, no longer than the partition is held. */
  async #untilReturned(): Promise<void> {
    const { signal } = this.#lane;
    const lost = Promise.withResolvers<never>();
    const reject = () => lost.reject(signal.reason);
    signal.addEventListener("abort", reject, { once: true });
    try {
      signal.throwIfAborted();
      await Promise.race([this.#returned.promise, lost.promise]);
    } finally {
      signal.removeEventListener("abort", reject);
    }
  }
}
