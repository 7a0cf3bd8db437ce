import { TransactionEndedError } from "@eventfold/types";
import type { Lifetime } from "./lifetime.ts";

/** How a {@link TransactionScope} is made. */
export interface TransactionScopeOptions {
  /**
   * Whether the database says that the transaction is over, as when a caller has ended it by a statement. Default: only
   * {@link TransactionScope.end} ends it.
   */
  readonly isOver?: (() => boolean) | undefined;
}

/**
 * One transaction, from its beginning to its end. Every call in it asks it first; its callback is run by
 * `AdapterLife.runInside`.
 *
 * @example
 * ```ts
 * const scope = new TransactionScope();
 * try {
 *   scope.throwIfEnded();
 * } finally {
 *   scope.end();
 * }
 * ```
 */
export class TransactionScope implements Lifetime {
  readonly #isOver: (() => boolean) | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isEnded = false;

  constructor({ isOver }: TransactionScopeOptions = {}) {
    this.#isOver = isOver;
  }

  get isEnded(): boolean {
    return this.#isEnded || this.#isOver?.() === true;
  }

  /** Makes sure that it can only be rolled back. The first error counts. It may be passed on as a function. */
  readonly rollbackWith = (error: unknown): void => {
    this.#failure ??= { error };
  };

  /**
   * Refuses a call once it is over.
   *
   * @throws `TransactionEndedError` (`TRANSACTION_ENDED`).
   */
  throwIfEnded(): void {
    if (this.isEnded) throw new TransactionEndedError();
  }

  /**
   * Call it before the commit.
   *
   * @throws what {@link rollbackWith} was given first.
   */
  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Ends it: every later call in it fails. Call it before the commit, or after the rollback. */
  end(): void {
    this.#isEnded = true;
  }
}
