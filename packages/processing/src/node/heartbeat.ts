/** By how much of the interval a beat comes earlier, at most, so that nodes that started together do not beat together. */
const JITTER = 0.2;

/** The least time from the end of one beat to the next one that a wake-up asks for. */
const SHORTEST_WAIT_MS = 5;

/** What beats, and how often. */
export interface HeartbeatOptions {
  readonly intervalMs: number;
  /**
   * Never rejects.
   *
   * @param isTimely whether the beat is one of those at intervals, not one that something new has called for.
   */
  readonly beat: (isTimely: boolean) => Promise<void>;
}

/** Calls for beats, one at a time: at intervals less some jitter, and soon after a wake-up. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = 0;
  #isWoken = false;
  #isStopped = false;
  #beating: Promise<void> | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#scheduleNext();
  }

  /** Calls for a beat soon. */
  wake(): void {
    if (this.#isStopped || this.#isWoken) return;
    this.#isWoken = true;
    if (this.#beating === undefined) this.#setTimer(SHORTEST_WAIT_MS);
  }

  /** Ends it, and waits for the beat that is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#beating;
  }

  #setTimer(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat();
    }, ms);
  }

  async #beat(): Promise<void> {
    const isTimely = performance.now() >= this.#dueMs;
    this.#isWoken = false;
    await this.#options.beat(isTimely);
    this.#beating = undefined;
    if (this.#isStopped) return;
    if (isTimely) this.#scheduleNext();
    else this.#setTimer(Math.max(0, this.#dueMs - performance.now()));
    if (this.#isWoken) this.#setTimer(SHORTEST_WAIT_MS);
  }

  #scheduleNext(): void {
    const waitMs = this.#options.intervalMs * (1 - Math.random() * JITTER);
    this.#dueMs = performance.now() + waitMs;
    this.#setTimer(waitMs);
  }
}
