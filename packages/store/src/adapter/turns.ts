import { StorageBusyError } from "@eventfold/types";

/** How {@link Turns} are waited for. */
export interface TurnsOptions {
  /** The longest wait for a turn, in milliseconds. Default: forever. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Lets one caller at a time do something, in order of arrival.
 *
 * @example
 * ```ts
 * const turns = new Turns({ timeoutMs: 30_000 });
 * await Promise.all([turns.take(async () => "first"), turns.take(async () => "second, once the first has ended")]);
 * ```
 */
export class Turns {
  readonly #timeoutMs: number | undefined;
  readonly #waiting = new Set<() => void>();
  #isTaken = false;

  constructor({ timeoutMs }: TurnsOptions = {}) {
    this.#timeoutMs = timeoutMs;
  }

  /** Whether nobody has a turn, so that the next one need not wait. */
  get isFree(): boolean {
    return !this.#isTaken;
  }

  /**
   * Does work once all earlier work has ended, and returns its outcome.
   *
   * @throws `StorageBusyError` (`STORAGE_BUSY`) when the turn does not come in time; else what the work throws.
   */
  async take<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#isTaken) await this.#come();
    else this.#isTaken = true;
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  #come(): Promise<void> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.add(begin);
      if (this.#timeoutMs === undefined) return;
      timer = setTimeout(() => {
        this.#waiting.delete(begin);
        const message = `The turn to write did not come within ${this.#timeoutMs} ms. Nothing was stored.`;
        reject(new StorageBusyError(message));
      }, this.#timeoutMs);
    });
  }

  /** Passes the turn to the caller that has waited longest. */
  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#isTaken = false;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
