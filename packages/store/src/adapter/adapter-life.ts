import { AdapterClosedError, NestedPublishError } from "@eventfold/types";
import { isInsideTransaction, runInside } from "./inside-transaction.ts";
import type { Lifetime } from "./lifetime.ts";
import type { TransactionScope } from "./transaction-scope.ts";
import { withinTimeout } from "./within-timeout.ts";

/** How an {@link AdapterLife} begins. */
export interface AdapterLifeOptions {
  /**
   * The life of the adapter whose database this one shares. When that one is closed, so is this one, and they share
   * transactions. Default: none.
   */
  readonly beneath?: AdapterLife | undefined;
}

/** What this adapter does when it is closed, besides what every adapter does. */
export interface AdapterEnding {
  /** Called at once when it refuses further calls: wakes followers, so that they find it closed. */
  readonly announce?: (() => void) | undefined;
  /** Called when nothing is in flight any more: ends what `open` has opened. */
  readonly end?: (() => void | Promise<void>) | undefined;
}

/**
 * The life of an adapter, from `open` to `close`: what is in flight, and which calls have to be refused, because the
 * adapter is closed or because they would wait for the transaction in which they are made.
 *
 * @example
 * ```ts
 * const life = new AdapterLife();
 * await life.track(Promise.resolve("an operation in flight"));
 * await life.close({ end: () => console.log("nothing is in flight any more") });
 * ```
 */
export class AdapterLife implements Lifetime {
  readonly #beneath: AdapterLife | undefined;
  /** What transactions are on: the same for all adapters that share a database. */
  readonly #database: AdapterLife;
  /** How many operations are in flight. A set of them would cost every publish more. */
  #inFlight = 0;
  #onIdle: (() => void) | undefined;
  readonly #settle = (): void => {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#onIdle?.();
  };
  #isClosed = false;
  #closing: Promise<void> | undefined;

  constructor({ beneath }: AdapterLifeOptions = {}) {
    this.#beneath = beneath;
    this.#database = beneath === undefined ? this : beneath.#database;
  }

  /** Whether the adapter, or the one whose database it shares, is closed. */
  get isEnded(): boolean {
    return this.#isClosed || this.#beneath?.isEnded === true;
  }

  /**
   * Refuses a call once the adapter, or the one whose database it shares, is closed.
   *
   * @throws `AdapterClosedError` (`ADAPTER_CLOSED`).
   */
  throwIfEnded(): void {
    if (this.isEnded) throw new AdapterClosedError();
  }

  /**
   * Refuses a call inside the callback of a transaction on the database, for which it would wait.
   *
   * @throws `NestedPublishError` (`NESTED_PUBLISH`).
   */
  throwIfInside(): void {
    if (isInsideTransaction(this.#database)) throw new NestedPublishError();
  }

  /**
   * Refuses a call that has to wait for its turn to write, for either reason.
   *
   * @throws as {@link throwIfEnded} and {@link throwIfInside} do.
   */
  throwIfMayNotWrite(): void {
    this.throwIfEnded();
    this.throwIfInside();
  }

  /** Counts an operation until it has settled, so that {@link close} waits for it, and returns it. */
  track<T>(operation: Promise<T>): Promise<T> {
    this.#inFlight += 1;
    operation.then(this.#settle, this.#settle);
    return operation;
  }

  /**
   * Runs the callback of a transaction. Calls inside it that would wait for it are refused, see {@link throwIfInside}.
   *
   * @param timeoutMs how long the callback may take; for databases that end no idle transactions by themselves.
   * @throws what the callback rejects with, else what `rollbackWith` of the scope was given: roll the transaction back.
   * @throws `StorageBusyError` (`STORAGE_BUSY`) when it takes too long: roll back too, and let it end when it will.
   */
  async runInside<T>(scope: TransactionScope, callback: () => Promise<T>, timeoutMs?: number): Promise<T> {
    const result = await withinTimeout(runInside(this.#database, callback), timeoutMs);
    scope.throwIfFailed();
    return result;
  }

  /**
   * Refuses further calls, waits for what is in flight, then ends what is beneath. A second call returns the first
   * promise's result.
   *
   * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside the callback of a transaction, for which it would wait.
   */
  async close(ending: AdapterEnding = {}): Promise<void> {
    this.throwIfInside();
    this.#closing ??= this.#close(ending);
    return this.#closing;
  }

  async #close({ announce, end }: AdapterEnding): Promise<void> {
    this.#isClosed = true;
    announce?.();
    while (this.#inFlight > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    await end?.();
  }
}
