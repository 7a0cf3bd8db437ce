import type { WakeUps } from "@eventfold/store/adapter";

/** Wakes the listeners at an interval: the safety net for notifications, or the only way without them. */
export class ChangePoll {
  readonly #timer: NodeJS.Timeout;

  constructor(listeners: WakeUps, intervalMs: number) {
    this.#timer = setInterval(() => listeners.wake(), intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
