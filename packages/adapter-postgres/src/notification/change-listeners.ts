/** Those who want to be woken. */
export class ChangeListeners {
  readonly #listeners = new Set<{ readonly listener: () => void }>();

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

  /** Wakes all. */
  wake(): void {
    for (const { listener } of [...this.#listeners]) listener();
  }

  /** Forgets all. */
  clear(): void {
    this.#listeners.clear();
  }
}
