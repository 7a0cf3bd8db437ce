/** For how long in a row, in milliseconds, a process may take a lock again and again while others want it. */
const LONGEST_STREAK_MS = 1_000;

/** How soon after a release the next taking belongs to the same streak, and how long it waits when the streak was too long. */
const GAP_MS = 50;

/** Streaks are forgotten when there are so many, but for those that go on. */
const MANY_STREAKS = 1_000;

interface Streak {
  readonly sinceMs: number;
  releasedMs: number;
}

/**
 * Who tries next to take a lock: within a process one after the other in the order in which they came; and a process that has taken a lock
 * again and again for a second lets others go first, who are told of a release later than it is.
 */
export class LockQueues {
  readonly #last = new Map<string, Promise<void>>();
  readonly #streaks = new Map<string, Streak>();

  /**
   * Queues for a lock.
   *
   * @returns `turn`, which fulfils when nobody of this process is before; and `leave`, to be called in the end, whether or not the turn
   * had come.
   */
  join(name: string): { readonly turn: Promise<void> | undefined; readonly leave: () => void } {
    const turn = this.#last.get(name);
    const { promise, resolve } = Promise.withResolvers<void>();
    const last = Promise.all([turn, promise]).then(() => {
      if (this.#last.get(name) === last) this.#last.delete(name);
    });
    this.#last.set(name, last);
    return { turn, leave: resolve };
  }

  /** For how many milliseconds others may go first. */
  waitMs(name: string, nowMs: number): number {
    const streak = this.#streaks.get(name);
    if (streak === undefined || streak.releasedMs - streak.sinceMs < LONGEST_STREAK_MS) return 0;
    return Math.max(0, streak.releasedMs + GAP_MS - nowMs);
  }

  /** Takes note of a lock that was taken at a time, and given back now. */
  noteRelease(name: string, { takenMs, nowMs }: { readonly takenMs: number; readonly nowMs: number }): void {
    const streak = this.#streaks.get(name);
    if (streak !== undefined && takenMs - streak.releasedMs < GAP_MS) streak.releasedMs = nowMs;
    else this.#streaks.set(name, { sinceMs: takenMs, releasedMs: nowMs });
    if (this.#streaks.size < MANY_STREAKS) return;
    for (const [known, { releasedMs }] of this.#streaks) {
      if (nowMs - releasedMs >= GAP_MS) this.#streaks.delete(known);
    }
  }
}
