import { isTurnOver, nextTurn } from "../connection/event-loop-turn.ts";

/** The clock is read once per this many steps, since reading it costs about as much as a step. */
const STEPS_PER_LOOK = 16;

/**
 * Runs work to its end, and yields to the event loop whenever the turn is over. Work that ends in this turn returns its
 * result at once: a promise for each of the hundreds of publishes in a commit would be a large part of their cost.
 */
export function runInTurns<T>(work: Generator<void, T>): T | Promise<T> {
  for (let step = 1; ; step++) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (step % STEPS_PER_LOOK === 0 && isTurnOver()) return nextTurn().then(() => runInTurns(work));
  }
}

/** Runs work to its end at once. */
export function runAtOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
