import type { EventName } from "@eventfold/types";
import type { SourceConstraint, StreamConstraint } from "./constraint.ts";
import { memberNames, withKnownMembers } from "./known-members.ts";
import { boundsOf } from "./scan-bounds.ts";
import type { StorageScanOptions } from "./storage/event-storage.ts";

/** How a scan goes, whatever its source. */
export interface ScanOptionsOf<TConstraint> {
  /** All must hold; they are evaluated where the data is. Default: none. */
  readonly constraints?: readonly TConstraint[] | undefined;
  /** By sequence number. Default: `"forwards"`. */
  readonly direction?: "forwards" | "backwards" | undefined;
  /** The most events to yield: 1 or more. Default: all. */
  readonly limit?: number | undefined;
  /** Ends the scan: its next step rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** How a scan of a category or the log goes. */
export type ScanOptions<TEvents extends object> = ScanOptionsOf<SourceConstraint<EventName<TEvents>>>;

/** How a scan of a stream goes: by position too. */
export type StreamScanOptions<TEvents extends object> = ScanOptionsOf<StreamConstraint<EventName<TEvents>>>;

const SCAN_OPTIONS = memberNames<ScanOptionsOf<never>>({
  constraints: true,
  direction: true,
  limit: true,
  signal: true,
});

/** @throws `TypeError` or `RangeError` when an option is not what it should be, or there is no such option. */
export function checkedScanOptions(options: ScanOptionsOf<StreamConstraint>, sourceKind: string): StorageScanOptions {
  const {
    constraints = [],
    direction = "forwards",
    limit,
    signal,
  } = withKnownMembers("The options of a scan", options, SCAN_OPTIONS);
  if (direction !== "forwards" && direction !== "backwards") {
    throw new TypeError(`The direction of a scan must be "forwards" or "backwards", got ${JSON.stringify(direction)}.`);
  }
  return {
    bounds: boundsOf(constraints, sourceKind),
    direction,
    limit: checkedLimit(limit),
    signal: checkedSignal(signal),
    isFollowing: false,
  };
}

/** @throws `TypeError` when it is not a number, `RangeError` when it is less than 1, fractional or unsafe. */
export function checkedLimit(limit: unknown): number | undefined {
  if (limit === undefined) return undefined;
  if (typeof limit !== "number") throw new TypeError(`A limit must be a number, got ${typeof limit}.`);
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new RangeError(`A limit must be an integer of 1 or more, got ${limit}.`);
  return limit;
}

/**
 * A signal that was given as an option, once checked; one of another realm, or a stand-in for one, will do.
 *
 * @throws `TypeError` when it is not a signal.
 */
export function checkedSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined) return undefined;
  if (typeof signal?.aborted === "boolean" && typeof signal.throwIfAborted === "function") return signal;
  throw new TypeError(`A signal must be an AbortSignal, got ${signal === null ? "null" : typeof signal}.`);
}
