import { setTimeout as delay } from "node:timers/promises";
import { checkedReactions, chooseReaction, type ErrorReactions } from "./error-reaction.ts";

/** How work is done whose errors are reacted to. */
export interface WithErrorReactionOptions<T> {
  /** What the work is, for the function that chooses. */
  readonly name: string;
  readonly onError: ErrorReactions<T>;
  /** Ends the waits between tries: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does work, again where `retryWith` says so, and reacts to its errors. `exitProcess` ends the process at once here; what a service manager
 * runs is stopped only by errors of its services.
 *
 * @returns what the work returns, or the value of `continueWith`.
 * @throws what `rethrow` makes of its error; the signal's reason.
 *
 * @example
 * ```ts
 * const rates = await withErrorReaction(fetchRates, { name: "rates", onError: continueWith(() => lastRates) });
 * ```
 */
export async function withErrorReaction<T>(
  work: () => Promise<T>,
  { name, onError, signal }: WithErrorReactionOptions<T>,
): Promise<T> {
  checkedReactions(onError);
  for (let failures = 1; ; failures += 1) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      const reaction = chooseReaction(error, onError, { name, failures });
      if (reaction.kind === "exit") process.exit(reaction.code);
      if (reaction.kind === "throw") throw reaction.error;
      if (reaction.kind === "continue") return reaction.value;
      await delay(reaction.waitMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}
