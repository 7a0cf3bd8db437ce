import { setTimeout as delay } from "node:timers/promises";

/** The longest time between two looks, in milliseconds: a look may ask a database, beside processes that are at work in it. */
const LONGEST_PAUSE_MS = 50;

/** Looks until a condition holds, less and less often: for what no call tells. The test's own time limit ends it. */
export async function waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let pauseMs = 2; !(await condition()); pauseMs = Math.min(1.5 * pauseMs, LONGEST_PAUSE_MS)) await delay(pauseMs);
}
