import type { ProcessingSession } from "./session.ts";

/** A subscription to remove. */
export interface Removal {
  /** The id of the subscription. */
  readonly subscription: number;
  /** Whether its parked events are removed too. Otherwise it stays as long as there are any. */
  readonly withParked: boolean;
}

/**
 * What became of a removal.
 *
 * - `removed`: nothing is stored of the subscription, by this call or by an earlier one.
 * - `busy`: living sessions own partitions of it, or have handlers for it by their last beat. Nothing was written.
 * - `parked`: so many of its events are parked, and they were not to be removed. Nothing was written.
 */
export type RemovalOutcome =
  | { readonly kind: "removed" }
  | {
      readonly kind: "busy";
      /** Those sessions, in code-point order of their names. */
      readonly sessions: readonly ProcessingSession[];
    }
  | { readonly kind: "parked"; readonly parked: number };
