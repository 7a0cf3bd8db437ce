import { setTimeout as delay } from "node:timers/promises";
import { isEventfoldError } from "@eventfold/types";

const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 2_000;

/** How a call is repeated. */
export interface RepeatOptions {
  /** Ends it: no more calls are made. */
  readonly signal: AbortSignal;
  /** Is told of every failure that is passed over. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Makes a call of the processing storage again, ever more slowly, until it fulfils: every one of them may be repeated blindly.
 *
 * @throws what the call rejects with, when that is not retryable or the signal is aborted.
 */
export async function repeatUntilStored<T>(call: () => Promise<T>, { signal, onFailure }: RepeatOptions): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    try {
      return await call();
    } catch (error) {
      if (signal.aborted || !isEventfoldError(error) || !error.isRetryable) throw error;
      onFailure(error);
      await delay(waitMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) throw error;
    }
  }
}
