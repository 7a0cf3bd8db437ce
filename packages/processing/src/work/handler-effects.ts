import type { EventCause, EventStore, GivenEntry } from "@eventfold/store";
import { JoiningWork } from "@eventfold/store/adapter";
import { TransactionEndedError } from "@eventfold/types";
import type { Entry } from "./backlog.ts";
import { KeptEvents } from "./kept-events.ts";
import type { LaneWork } from "./lane-work.ts";

/** A transaction of a call. */
interface Begun {
  /** Fulfils when it is open. */
  readonly opened: Promise<object>;
  /** Settled by the end of the handler. */
  readonly returned: PromiseWithResolvers<void>;
  readonly committed: Promise<void>;
}

/**
 * What one call of a handler does in the database: its transaction, which begins when it is first asked for, and the events that it
 * publishes. Both take place when it has returned, together with the checkpoint, or not at all when it fails. One is made for each
 * call, so it makes nothing before that is needed.
 */
export class HandlerEffects {
  readonly #lane: LaneWork;
  readonly #entries: readonly Entry[];
  readonly #joining: JoiningWork | undefined;
  #kept: KeptEvents | undefined;
  #begun: Begun | undefined;
  #isOver = false;

  constructor(lane: LaneWork, entries: readonly Entry[]) {
    this.#lane = lane;
    this.#entries = entries;
    this.#joining = lane.subscription.transactions === undefined ? undefined : new JoiningWork();
  }

  /** Calls the handler. From the beginning of its transaction on, it must not wait for others that wait for it. */
  run<T>(handler: () => T): T {
    return this.#joining === undefined ? handler() : this.#joining.run(handler);
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
  publish(cause: EventCause, store: EventStore, entries: readonly GivenEntry[]): void {
    if (this.#isOver) throw new TransactionEndedError();
    this.#kept ??= new KeptEvents(this.#lane.subscription.name);
    this.#kept.keep(cause, store, entries);
  }

  /** Whether it has done anything. */
  get areThere(): boolean {
    return this.#begun !== undefined || this.#kept !== undefined;
  }

  /** The handler has returned: it can do nothing more. */
  end(): void {
    this.#isOver = true;
  }

  /** The handler has returned: stores what it has done, and in a transaction that its events are done. */
  async store(): Promise<void> {
    this.end();
    if (this.#lane.subscription.transactions === undefined) return this.#kept?.publish();
    const { returned, committed } = this.#begin();
    returned.resolve();
    await committed;
  }

  /** The handler has failed: nothing of it is stored. Fulfils when that is certain. */
  async discard(error: unknown): Promise<void> {
    this.end();
    this.#begun?.returned.reject(error);
    await this.#begun?.committed.catch(() => {}); // the error of the handler counts
  }

  #begin(): Begun {
    if (this.#begun !== undefined) return this.#begun;
    const [opened, returned] = [Promise.withResolvers<object>(), Promise.withResolvers<void>()];
    returned.promise.catch(() => {}); // nobody looks at it when the transaction has failed before
    const committed = this.#lane.transact(this.#entries, async (transaction) => {
      this.#joining?.join();
      opened.resolve(transaction);
      await this.#until(returned.promise);
      await this.#kept?.publish(transaction);
    });
    committed.catch(opened.reject);
    opened.promise.catch(() => {}); // whoever waits for the commit is told too
    this.#begun = { opened: opened.promise, returned, committed };
    return this.#begun;
  }

  /** Waits for the handler, no longer than the partition is held. */
  async #until(returned: Promise<void>): Promise<void> {
    const { signal } = this.#lane;
    const lost = Promise.withResolvers<never>();
    const reject = () => lost.reject(signal.reason);
    signal.addEventListener("abort", reject, { once: true });
    try {
      signal.throwIfAborted();
      await Promise.race([returned, lost.promise]);
    } finally {
      signal.removeEventListener("abort", reject);
    }
  }
}
