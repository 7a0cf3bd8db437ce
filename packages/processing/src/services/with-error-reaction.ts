import { setTimeout as delay } from "node:timers/promises";
import { checkedReactions, chooseReaction, type ErrorReactions } from "./error-reaction.ts";

/** How to react to the errors of some work. */
export interface WithErrorReactionOptions<T> {
  /** What the work is, for the function that chooses. */
  readonly name: string;
  readonly onError: ErrorReactions<T>;
  /** Ends the waits between tries: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does work and reacts to its errors; with `retryWith` it does the work again. Here `exitProcess` ends the process at once: only
 * errors of its own services make a service manager stop them first.
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
