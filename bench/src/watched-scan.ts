import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Sample } from "./candidate.ts";

const LOOK_EVERY = 10_000;

/** Reads a scan of a known length to its end, and watches the event loop and the memory of the process. */
export async function watchedScan(events: AsyncIterable<unknown>, length: number): Promise<Sample> {
  const residentMb: [number, number] = [0, 0];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  let units = 0;
  for await (const _ of events) {
    if (++units % LOOK_EVERY !== 0) continue;
    const half = units * 2 <= length ? 0 : 1;
    residentMb[half] = Math.max(residentMb[half], process.memoryUsage.rss() / 1e6);
  }
  const elapsedMs = performance.now() - started;
  delay.disable();
  if (units !== length) throw new RangeError(`The scan read ${units} events of ${length}.`);
  return { units, elapsedMs, longestPauseMs: delay.max / 1e6, memoryGrowth: residentMb[1] / residentMb[0] };
}
