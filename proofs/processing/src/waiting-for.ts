import { setTimeout as delay } from "node:timers/promises";

/** Looks until a condition holds: for what no call tells. The test's own time limit ends it. */
export async function waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(5);
}
