import { LONGEST_TIMEOUT_MS } from "@eventfold/store/adapter";

/** How somebody waits for a {@link Bell}. */
export interface BellWait {
  /** For so many milliseconds at most. Default: without end. */
  readonly atMostMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Wakes the one who waits. A ring while nobody waits is kept for the next wait. */
export class Bell {
  #hasRung = false;
  #wake = (): void => {};

  ring(): void {
    this.#hasRung = true;
    this.#wake();
  }

  /**
   * Waits until it rings, or the time is up.
   *
   * @throws the signal's reason when it is aborted.
   */
  async wait({ atMostMs = LONGEST_TIMEOUT_MS, signal }: BellWait): Promise<void> {
    signal?.throwIfAborted();
    if (!this.#hasRung) await this.#rung(atMostMs, signal);
    this.#hasRung = false;
    signal?.throwIfAborted();
  }

  async #rung(atMostMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    this.#wake = wake;
    const timer = setTimeout(wake, Math.ceil(atMostMs));
    signal?.addEventListener("abort", wake, { once: true });
    await promise;
    signal?.removeEventListener("abort", wake);
    clearTimeout(timer);
  }
}
