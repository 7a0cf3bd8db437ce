import type { Sample } from "./candidate.ts";

/** How much work a time-boxed run does. */
export interface Load {
  /** How many callers are at it at once, each one waiting for its own answer. */
  readonly callers: number;
  /** Units per call. */
  readonly unitsPerCall: number;
  readonly forMs: number;
}

/** Has callers do one call after the other until the time is up, and lets every call that has begun end. */
export async function timeBoxed(load: Load, call: () => Promise<unknown>): Promise<Sample> {
  let calls = 0;
  const started = performance.now();
  const end = started + load.forMs;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      await call();
      calls++;
    }
  };
  await Promise.all(Array.from({ length: load.callers }, caller));
  return { units: calls * load.unitsPerCall, elapsedMs: performance.now() - started };
}

/** Times work of a known size. */
export async function timed(work: () => Promise<number>): Promise<Sample> {
  const started = performance.now();
  const units = await work();
  return { units, elapsedMs: performance.now() - started };
}
