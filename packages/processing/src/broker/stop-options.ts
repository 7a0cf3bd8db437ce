/** How something that runs is stopped. */
export interface StopOptions {
  /** How long what is in hand may go on, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
}

/** As long as a timer can be set for. */
const LONGEST_MS = 2 ** 31 - 1;

/** The time of a stop as a timer takes it. A stop refuses nothing, for there is nothing better to do than to stop. */
export function stopTimeMs({ timeoutMs = 10_000 }: StopOptions): number {
  return Math.min(LONGEST_MS, Math.max(0, Math.ceil(timeoutMs) || 0));
}
