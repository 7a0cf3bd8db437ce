/** Lets many wait until something has changed, whatever it is: each looks for itself whether it is what it waits for. */
export class Changes {
  #version = 0;
  #waiting: (() => void)[] = [];
  #isNotifying = false;

  /** What to give {@link Changes.after}: taken before looking, so that no change is missed while one looks. */
  get version(): number {
    return this.#version;
  }

  notify(): void {
    this.#version += 1;
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** The same, once for all changes until other work has had its turn: for changes that come by the thousand. */
  notifySoon(): void {
    if (this.#waiting.length === 0) this.#version += 1;
    else if (!this.#isNotifying) {
      this.#isNotifying = true;
      setImmediate(() => {
        this.#isNotifying = false;
        this.notify();
      });
    }
  }

  /** Waits for the first change after a version, at most so many milliseconds where a limit is given. */
  async after(version: number, atMostMs?: number): Promise<void> {
    if (version !== this.#version) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (atMostMs !== undefined) timer = setTimeout(resolve, Math.max(0, atMostMs));
    });
    clearTimeout(timer);
  }

  /** Waits until a condition holds, looking again after each change. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.after(this.#version);
  }

  /**
   * Waits until a condition holds, or the time is over.
   *
   * @returns whether it holds.
   */
  async untilOrFor(condition: () => boolean, ms: number): Promise<boolean> {
    const endMs = performance.now() + ms;
    while (!condition()) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) return false;
      await this.after(this.#version, leftMs);
    }
    return true;
  }
}
