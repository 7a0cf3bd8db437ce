/** Operations that are under way, for a close that waits for them. */
export class InFlight {
  readonly #operations = new Set<Promise<unknown>>();

  /** Counts an operation until it has settled, and gives it back. */
  track<T>(operation: Promise<T>): Promise<T> {
    const end = () => {
      this.#operations.delete(operation);
    };
    this.#operations.add(operation);
    operation.then(end, end);
    return operation;
  }

  /** Fulfils when none is left. */
  async ended(): Promise<void> {
    while (this.#operations.size > 0) await Promise.allSettled(this.#operations);
  }
}
