import { isEventfoldError } from "@eventfold/types";
import pRetry from "p-retry";

/** What becomes of a call that is refused because it was decided on events that are no longer the latest. */
function isRefusal(error: unknown): boolean {
  return isEventfoldError(error, "UNMET_WRITE_CONDITION") || isEventfoldError(error, "EVENTS_MATCHED");
}

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
 * Calls a function again as long as it is refused for an unmet write condition, or because a boundary has changed. Read, decide and publish inside it, so
 * that every try decides on current events.
 *
 * @returns what the function returns.
 * @throws the last `UnmetWriteConditionError` or `EventsMatchedError` when all tries are used up, any other error at once.
 * @throws `RangeError` when `tries` is not an integer of 1 or more.
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
    throw new RangeError(`tries must be an integer of 1 or more, got ${tries}.`);
  const refused = new Error("The write condition is unmet.");
  const outcome = await pRetry(() => outcomeOf(call, refused), {
    retries: tries - 1,
    minTimeout: backoff.firstMs,
    maxTimeout: backoff.longestMs,
    randomize: true,
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    throw error === refused ? refused.cause : error;
  });
  if ("error" in outcome) throw outcome.error;
  return outcome.result;
}

type Outcome<T> = { readonly result: T } | { readonly error: unknown };

/** Rejects only for what is to be tried again, with an error of this realm: others would not count as errors. */
async function outcomeOf<T>(call: () => Promise<T>, refused: Error): Promise<Outcome<T>> {
  try {
    return { result: await call() };
  } catch (error) {
    if (!isRefusal(error)) return { error };
    refused.cause = error;
    throw refused;
  }
}

/**
 * Calls a function, and accepts an unmet write condition, or an event that matches `failIf`, as an answer: another caller has already
 * done it.
 *
 * @returns what the function returns, or `undefined` when it was refused so.
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
    if (isRefusal(error)) return undefined;
    throw error;
  }
}
