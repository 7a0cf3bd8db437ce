import { StorageBusyError } from "@eventfold/types";

/** Lets one writer at a time have the log, in the order they came, each waiting no longer than the time-out. */
export class WriteTurns {
  readonly #timeoutMs: number;
  readonly #waiting = new Set<() => void>();
  #isTaken = false;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  get isFree(): boolean {
    return !this.#isTaken;
  }

  /** @throws `StorageBusyError` (`STORAGE_BUSY`) when the turn does not come in time. */
  async take(): Promise<void> {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(begin);
        reject(
          new StorageBusyError(`A transaction held the log for more than ${this.#timeoutMs} ms. Nothing was stored.`),
        );
      }, this.#timeoutMs);
      this.#waiting.add(begin);
    });
  }

  /** Gives the turn to whoever has waited longest. */
  give(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#isTaken = false;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
