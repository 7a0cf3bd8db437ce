import { soakFactor } from "../suite/soak-factor.ts";
import type { SuiteConcurrency } from "./event-storage-suite-options.ts";

/** How large the tests are. */
export interface SuiteSizes {
  /** How many rivals write at once. */
  readonly writers: number;
  /** How often a race is run. */
  readonly repeats: number;
  /** How many events tests use that must span several pages. */
  readonly manyEvents: number;
  /** How many cases each property is tested with. */
  readonly cases: number;
}

/** Small sizes that find faults within seconds; ten times as many repetitions with `EVENTFOLD_SOAK`. */
export function suiteSizes({ writers, repeats }: SuiteConcurrency = {}): SuiteSizes {
  const factor = soakFactor();
  return { writers: writers ?? 16, repeats: repeats ?? 5 * factor, manyEvents: 2_500, cases: 60 * factor };
}
