/**
 * The latest positions of a stream with which a write may go through: a finite set, or all but a finite set. An empty
 * stream counts as {@link EMPTY_STREAM_POSITION}. Every combination of the closed write conditions reduces to one.
 *
 * @example
 * ```ts
 * const onlyWhenEmpty: AllowedPositions = { positions: [-1], complement: false };
 * const anyButEmpty: AllowedPositions = { positions: [-1], complement: true };
 * ```
 */
export interface AllowedPositions {
  /** Distinct, in rising order, from {@link EMPTY_STREAM_POSITION} to {@link GREATEST_POSITION}. */
  readonly positions: readonly number[];
  /** `false`: exactly `positions` are allowed. `true`: all others are. */
  readonly complement: boolean;
}

/** The latest position of an empty stream in {@link AllowedPositions}. */
export const EMPTY_STREAM_POSITION = -1;

/** The greatest position that an event can have: what every database holds as an integer. */
export const GREATEST_POSITION = 2_147_483_647;

/** Whether a stream whose latest position is this (`undefined`: it is empty) may be written to. */
export function isAllowed(allowed: AllowedPositions | undefined, latestPosition: number | undefined): boolean {
  if (allowed === undefined) return true;
  return allowed.positions.includes(latestPosition ?? EMPTY_STREAM_POSITION) !== allowed.complement;
}
