import type { Clock } from "@eventfold/types";

/** A clock that stands still until the test moves it. */
export interface ManualClock extends Clock {
  /** Moves it by this number of milliseconds, which may be negative. */
  advance(ms: number): void;
  /** Moves it to an instant. */
  set(time: Date): void;
}

/**
 * A clock that stands still until it is moved. It begins at 2026-01-01T00:00:00.000Z unless another instant is given.
 *
 * @throws `RangeError` when it is moved to an instant that is not valid.
 *
 * @example
 * ```ts
 * const clock = manualClock();
 * const store = new EventStore({ adapter, clock });
 * clock.advance(60_000);
 * ```
 */
export function manualClock(start: Date = new Date("2026-01-01T00:00:00.000Z")): ManualClock {
  let nowMs = checkedMs(start.getTime());
  return {
    now: () => new Date(nowMs),
    advance: (ms) => {
      nowMs = checkedMs(nowMs + ms);
    },
    set: (time) => {
      nowMs = checkedMs(time.getTime());
    },
  };
}

function checkedMs(ms: number): number {
  if (Number.isNaN(new Date(ms).getTime())) throw new RangeError("A clock must be moved to a valid instant.");
  return ms;
}
