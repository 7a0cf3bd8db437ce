import { callAside, type Logger, silentLogger } from "@eventfold/types";

/**
 * The listeners to wake when events may have been stored: what an adapter's `onChange` adds to. They are called one
 * after another, in the order in which they were added.
 *
 * @example
 * ```ts
 * const wakeUps = new WakeUps();
 * const endListening = wakeUps.add(() => console.log("look again"));
 * wakeUps.wake();
 * endListening();
 * ```
 */
export class WakeUps {
  readonly #listeners = new Set<{ readonly listener: () => void }>();
  readonly #logger: Logger;

  constructor(logger: Logger = silentLogger) {
    this.#logger = logger;
  }

  /** How many listeners there are. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Adds a listener; the returned function removes it, and does nothing the second time. */
  add(listener: () => void): () => void {
    const entry = { listener }; // the same function may be added twice.
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  /** Wakes all. One that throws is reported, and affects neither the others nor the result of a publish. */
  wake(): void {
    for (const { listener } of [...this.#listeners]) {
      callAside(listener, (error) => this.#logger.error({ error }, "eventfold: a listener for changes failed"));
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#listeners.clear();
  }
}
