import { abortable } from "./abortable.ts";

/** Remembers that something changed until somebody waits for it, so that a change during a drain is not missed. */
export class WakeUp {
  #isPending = false;
  #wake: (() => void) | undefined;
  readonly #unsubscribe: () => void;

  constructor(onChange: (listener: () => void) => () => void) {
    this.#unsubscribe = onChange(() => {
      this.#isPending = true;
      this.#wake?.();
    });
  }

  /** Forgets the changes so far. Call it before the read that will show them. */
  reset(): void {
    this.#isPending = false;
  }

  /** Fulfils at the first change since the last reset. */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    await abortable(async () => {
      if (this.#isPending) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }, signal);
  }

  stop(): void {
    this.#unsubscribe();
    this.#wake?.();
  }
}
