import { soakFactor } from "../suite/soak-factor.ts";
import type { SuiteConcurrency } from "./event-storage-suite-options.ts";

/** How large the tests are made. */
export interface SuiteSizes {
  /** How many rivals write at once. */
  readonly writers: number;
  /** How often a race is run. */
  readonly repeats: number;
  /** How many events a test takes that must cross the borders of pages. */
  readonly manyEvents: number;
  /** How many cases a property is tried with. */
  readonly cases: number;
}

/** Small sizes that find what there is to find in seconds; ten times as many repetitions with `EVENTFOLD_SOAK`. */
export function suiteSizes({ writers, repeats }: SuiteConcurrency = {}): SuiteSizes {
  const factor = soakFactor();
  return { writers: writers ?? 16, repeats: repeats ?? 5 * factor, manyEvents: 2_500, cases: 60 * factor };
}
