import { isEventfoldError } from "@eventfold/types";
import pRetry from "p-retry";

/** How often, and how slowly, a call is made again. */
export interface RetryOptions {
  /** How often the call is made at most: 1 or more. Default: 10. */
  readonly tries?: number | undefined;
  /** The waits between tries, in milliseconds, growing from the first to the longest, with jitter. */
  readonly backoff?: { readonly firstMs: number; readonly longestMs: number } | undefined;
  /** Ends it: rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_BACKOFF = { firstMs: 5, longestMs: 1_000 };

/**
 * Calls a function until it is not refused for an unmet write condition: read, decide and publish inside it, so that
 * every try decides on what is there.
 *
 * @returns what the function returns.
 * @throws the last `UnmetWriteConditionError` when all tries are used up, any other error at once.
 * @throws `RangeError` when `tries` is no integer of 1 or more.
 *
 * @example
 * ```ts
 * await retryOnUnmetCondition(async () => {
 *   const latest = await stream.latest();
 *   await stream.publish({ events: decide(latest), condition: unchangedSince(latest) });
 * });
 * ```
 */
export async function retryOnUnmetCondition<T>(
  call: () => Promise<T>,
  { tries = 10, backoff = DEFAULT_BACKOFF, signal }: RetryOptions = {},
): Promise<T> {
  if (!Number.isSafeInteger(tries) || tries < 1)
    throw new RangeError(`Tries are an integer of 1 or more, got ${tries}.`);
  return pRetry(call, {
    retries: tries - 1,
    minTimeout: backoff.firstMs,
    maxTimeout: backoff.longestMs,
    randomize: true,
    shouldRetry: ({ error }) => isEventfoldError(error, "UNMET_WRITE_CONDITION"),
    ...(signal && { signal }),
  });
}

/**
 * Calls a function, and takes an unmet write condition for an answer: somebody else has done it.
 *
 * @returns what the function returns, or `undefined` when the condition was unmet.
 * @throws any other error.
 *
 * @example
 * ```ts
 * await ignoreUnmetCondition(() => stream.publish({ events: [opened], condition: streamIsEmpty() }));
 * ```
 */
export async function ignoreUnmetCondition<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isEventfoldError(error, "UNMET_WRITE_CONDITION")) return undefined;
    throw error;
  }
}
