import { setTimeout as sleep } from "node:timers/promises";

/** Waits until a condition holds; gives up after a while, so that a broken adapter does not keep the process busy. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 6_000;
  while (!holds() && performance.now() < end) await sleep(2);
}
