import { setTimeout as delay } from "node:timers/promises";
import { isEventfoldError } from "@eventfold/types";
import { checkedSignal } from "./scan-options.ts";

/** Whether a publish was refused because it was decided on events that are no longer the latest. */
function isRefusal(error: unknown): boolean {
  return isEventfoldError(error, "UNMET_WRITE_CONDITION") || isEventfoldError(error, "EVENTS_MATCHED");
}

/** How often, and how slowly, a call is made again. */
export interface RetryOptions {
  /** How often the call is made at most: 1 or more. Default: 20. */
  readonly tries?: number | undefined;
  /**
   * The waits between tries, in milliseconds: they double from the first to the longest, and each is shortened at random by up to a
   * half, so that rivals that were refused together do not try again together. Default: from 5 to 1,000.
   */
  readonly backoff?: RetryBackoff | undefined;
  /** Ends it: rejects with the signal's reason. A call that is under way is waited for, and counts if it succeeds. */
  readonly signal?: AbortSignal | undefined;
}

/** The waits between tries, in milliseconds. */
export interface RetryBackoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

const DEFAULT_BACKOFF: RetryBackoff = { firstMs: 5, longestMs: 1_000 };

/**
 * Calls a function again as long as it is refused for an unmet write condition, or because a boundary has changed. Read, decide
 * and publish inside it, so that every try decides on current events.
 *
 * Twenty tries are enough for dozens of rivals, on a busy machine too. Of 128 that published to one stream at once, some used up more;
 * with 50 tries none did.
 *
 * @returns what the function returns.
 * @throws the last `UnmetWriteConditionError` or `EventsMatchedError` when all tries are used up, any other error at once.
 * @throws `RangeError` when `tries` is not an integer of 1 or more, or the waits are not from 0 to 2,147,483,647, rising;
 * `TypeError` for what is not a function, or not a signal.
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
  { tries = 20, backoff = DEFAULT_BACKOFF, signal }: RetryOptions = {},
): Promise<T> {
  if (typeof call !== "function") throw new TypeError("What is to be called again must be a function.");
  checkTries(tries);
  checkBackoff(backoff);
  checkedSignal(signal);
  for (let failures = 1; ; failures++) {
    signal?.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      if (!isRefusal(error) || failures >= tries) throw error;
    }
    await delay(waitMs(backoff, failures), undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** How long to wait after so many failures: between a half of the longest and all of it. */
export function waitMs({ firstMs, longestMs }: RetryBackoff, failures: number): number {
  const longest = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return longest / 2 + (Math.random() * longest) / 2;
}

function checkTries(tries: number): void {
  if (Number.isSafeInteger(tries) && tries >= 1) return;
  throw new RangeError(`tries must be an integer of 1 or more, got ${tries}.`);
}

/** The longest time that a timer can wait. */
const LONGEST_WAIT_MS = 2_147_483_647;

function checkBackoff({ firstMs, longestMs }: RetryBackoff): void {
  if (
    Number.isFinite(firstMs) &&
    Number.isFinite(longestMs) &&
    firstMs >= 0 &&
    firstMs <= longestMs &&
    longestMs <= LONGEST_WAIT_MS
  )
    return;
  throw new RangeError(
    `The waits of backoff must rise from firstMs to longestMs, from 0 to ${LONGEST_WAIT_MS}, got ${firstMs} and ${longestMs}.`,
  );
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
