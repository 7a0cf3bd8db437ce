import type { Limit } from "./candidate.ts";
import { median } from "./median.ts";

/** How long one unit of work may take, one after the other. */
export function msEach(most: number): Limit {
  const of: Limit["of"] = (samples) => median(samples.map(({ units, elapsedMs }) => elapsedMs / units));
  return { what: "each", unit: "ms", most, of };
}

/** How long the event loop may be blocked, in the worst of all rounds. */
export function msPaused(most: number): Limit {
  const of: Limit["of"] = (samples) => Math.max(...samples.map(({ longestPauseMs }) => longestPauseMs ?? Number.NaN));
  return { what: "longest pause of the event loop", unit: "ms", most, of };
}

/** How much more resident memory the second half of the work may take than the first. */
export const flatMemory: Limit = {
  what: "resident memory of the second half to the first",
  unit: "×",
  most: 1.2,
  of: (samples) => median(samples.map(({ memoryGrowth }) => memoryGrowth ?? Number.NaN)),
};
