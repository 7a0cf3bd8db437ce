/**
 * How a partition, a subscription or a broker is.
 *
 * - `starting`: it has not looked at its source yet.
 * - `waiting`: it has no partition; others have them, or nobody yet.
 * - `catching-up`: it works on what was published before.
 * - `live`: it has read all there is, and works on what comes.
 * - `retrying`: a handler fails, and is tried again.
 * - `paused`: until it is resumed; because it was asked to, or because a handler failed.
 * - `failed`: its source cannot be read, or is not the one that its checkpoint is of. It is tried again.
 * - `stopping`, `stopped`.
 */
export type ProcessingState = (typeof STATES_BY_WEIGHT)[number];

/** What should be looked at first comes first. */
const STATES_BY_WEIGHT = [
  "failed",
  "paused",
  "retrying",
  "stopping",
  "starting",
  "catching-up",
  "live",
  "waiting",
  "stopped",
] as const;

/**
 * The state of several things together: that of the one which should be looked at first. Of none: `waiting`.
 *
 * @example
 * ```ts
 * combinedStatus(["live", "retrying", "live"]); // "retrying"
 * ```
 */
export function combinedStatus(states: Iterable<ProcessingState>): ProcessingState {
  const given = new Set(states);
  return STATES_BY_WEIGHT.find((state) => given.has(state)) ?? "waiting";
}
