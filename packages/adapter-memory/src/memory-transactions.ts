import { AsyncLocalStorage } from "node:async_hooks";
import { NestedPublishError, TransactionEndedError } from "@eventfold/types";
import { WriteTurns } from "./write-turns.ts";

/** What takes part in a transaction: told how it ended, before anyone else may write. Neither may throw. */
export interface TransactionPart {
  commit(): void;
  rollback(): void;
}

/** One open transaction. */
export interface TransactionScope {
  /** Why every call in it fails, once it has ended. */
  ended(): Error | undefined;
  /** Lets it end in no other way than rolled back, with the first such error. */
  rollbackWith(error: unknown): void;
  /** Takes part: everything commits together, or nothing does. */
  join(part: TransactionPart): void;
}

/** The turns of all writers of one memory: single writes and transactions, one at a time. */
export class MemoryTransactions {
  readonly #turns: WriteTurns;
  readonly #current = new AsyncLocalStorage<{ isOpen: boolean }>();

  constructor(timeoutMs: number) {
    this.#turns = new WriteTurns(timeoutMs);
  }

  /** Whether a write need not wait. */
  get isFree(): boolean {
    return this.#turns.isFree;
  }

  /** Whether the call comes from inside the callback of a transaction that is open. */
  get isInside(): boolean {
    return this.#current.getStore()?.isOpen === true;
  }

  /** @throws `NestedPublishError` (`NESTED_PUBLISH`) for a call that would wait for the transaction that it is made in. */
  refuseInside(): void {
    if (this.isInside) throw new NestedPublishError();
  }

  /** Writes when its turn comes. */
  async write<T>(work: () => T): Promise<T> {
    await this.#turns.take();
    try {
      return work();
    } finally {
      this.#turns.give();
    }
  }

  /** Runs work alone; what joined commits when it fulfils and rolls back when it rejects, with the same error. */
  async run<T>(work: (scope: TransactionScope) => Promise<T>): Promise<T> {
    await this.#turns.take();
    const state = { isOpen: true };
    const parts: TransactionPart[] = [];
    const failures: unknown[] = [];
    const scope: TransactionScope = {
      ended: () => (state.isOpen ? undefined : new TransactionEndedError()),
      rollbackWith: (error) => failures.push(error),
      join: (part) => parts.push(part),
    };
    try {
      const result = await this.#current.run(state, () => work(scope));
      if (failures.length > 0) throw failures[0];
      for (const part of parts) part.commit();
      return result;
    } catch (error) {
      for (const part of parts) part.rollback();
      throw error;
    } finally {
      state.isOpen = false;
      this.#turns.give();
    }
  }
}
