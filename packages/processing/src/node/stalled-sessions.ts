import type { ProcessingSession, StalledSession } from "../storage/session.ts";

/** Over how many successful beats of its own an observer must have seen a counter unchanged. */
const OWN_BEATS = 3;

interface Observed {
  readonly beat: number;
  readonly sinceMs: number;
  ownBeats: number;
}

/**
 * Watches the counters of other sessions. One is stalled when its counter has stood still for its `leaseMs` by the observer's own
 * clock and over three successful beats of the observer: where a locked storage keeps everybody from beating, the second does
 * not hold, and nobody loses anything.
 */
export class StalledSessions {
  #observed = new Map<string, Observed>();

  /**
   * Takes note of what a beat of the observer has seen.
   *
   * @param nowMs the observer's monotonic clock.
   * @returns those that are stalled.
   */
  observe(sessions: readonly ProcessingSession[], nowMs: number): readonly StalledSession[] {
    const observed = new Map<string, Observed>();
    const stalled: StalledSession[] = [];
    for (const { id, beat, leaseMs } of sessions) {
      const before = this.#observed.get(id);
      const now = before?.beat === beat ? before : { beat, sinceMs: nowMs, ownBeats: 0 };
      if (now === before) before.ownBeats += 1;
      observed.set(id, now);
      if (now.ownBeats >= OWN_BEATS && nowMs - now.sinceMs >= leaseMs) stalled.push({ id, beat });
    }
    this.#observed = observed;
    return stalled;
  }

  /** Forgets what it has seen: the observer's own beats have stopped for a while. */
  forget(): void {
    this.#observed.clear();
  }
}
