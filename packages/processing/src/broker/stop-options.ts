import { LONGEST_TIMEOUT_MS } from "@eventfold/store/adapter";

/** How something that runs is stopped. */
export interface StopOptions {
  /** How long what is in hand may go on, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
}

/** The time of a stop as a timer takes it. A stop refuses nothing, for there is nothing better to do than to stop. */
export function stopTimeMs({ timeoutMs = 10_000 }: StopOptions): number {
  return Math.min(LONGEST_TIMEOUT_MS, Math.max(0, Math.ceil(timeoutMs) || 0));
}
