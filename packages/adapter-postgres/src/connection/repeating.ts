import { setTimeout as sleep } from "node:timers/promises";

const MAX_PAUSE_MS = 500;

/** Waits before a repetition: longer each time, and partly at random, so that callers do not collide again. */
export async function pause(tries: number): Promise<void> {
  await sleep(Math.min(MAX_PAUSE_MS, 5 * 2 ** tries) * (0.5 + Math.random() / 2));
}

/** How {@link repeatUntil} repeats. */
export interface Repetition {
  /** When it ends, in the milliseconds of `performance.now()`. */
  readonly deadlineMs: number;
  /** Whether a failure may be over soon. */
  readonly isPassing: (error: unknown) => boolean;
}

/** Repeats work while its failures may pass and there is time, then rejects with the last failure. */
export async function repeatUntil<T>({ deadlineMs, isPassing }: Repetition, work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || performance.now() >= deadlineMs) throw error;
      await pause(tries);
    }
  }
}
