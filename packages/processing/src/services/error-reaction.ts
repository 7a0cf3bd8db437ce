import type { Backoff } from "../failure/backoff.ts";
import { backoffMs } from "../failure/backoff.ts";

/**
 * What happens on an error.
 *
 * - `exit-process`: everything is stopped, and the process ends with a code.
 * - `rethrow`: everything is stopped, and the caller that waits gets the error, or another one in its place.
 * - `continue-with`: the work counts as ended, with a substitute for its result.
 * - `retry-with`: the work is done again, after a wait.
 */
export type ErrorReaction<T = void> =
  | { readonly kind: "exit-process"; readonly codeOf: (error: unknown) => number }
  | { readonly kind: "rethrow"; readonly mapped: (error: unknown) => unknown }
  | { readonly kind: "continue-with"; readonly valueFor: (error: unknown) => T }
  | { readonly kind: "retry-with"; readonly backoff: Backoff };

/** Where an error came from. */
export interface ErrorReactionContext {
  /** The name of the service, or the `name` that `withErrorReaction` was given. */
  readonly name: string;
  /** How often it has failed in a row, from 1. */
  readonly failures: number;
}

/** One reaction to all errors, or a function that chooses by error. */
export type ErrorReactions<T = void> =
  | ErrorReaction<T>
  | ((error: unknown, context: ErrorReactionContext) => ErrorReaction<T>);

/**
 * Ends the process, after everything that the service manager runs has been stopped.
 *
 * @param codeOf makes an exit code from the error, an integer from 0 to 255. Default: 1.
 *
 * @example
 * ```ts
 * exitProcess((error) => (isEventfoldError(error, "NODE_REPLACED") ? 3 : 1));
 * ```
 */
export function exitProcess(codeOf: (error: unknown) => number = () => 1): ErrorReaction<never> {
  return Object.freeze({ kind: "exit-process", codeOf: checkedFunction("exitProcess", codeOf) });
}

/**
 * Passes the error on to the caller that waits.
 *
 * @param mapped makes another error from it. Default: the error itself.
 */
export function rethrow(mapped: (error: unknown) => unknown = (error) => error): ErrorReaction<never> {
  return Object.freeze({ kind: "rethrow", mapped: checkedFunction("rethrow", mapped) });
}

/**
 * Goes on as if the work had ended: with a value of `valueFor` as its result, or, for a service, without the service.
 *
 * @example
 * ```ts
 * continueWith(() => undefined);
 * ```
 */
export function continueWith<T>(valueFor: (error: unknown) => T): ErrorReaction<T> {
  return Object.freeze({ kind: "continue-with", valueFor: checkedFunction("continueWith", valueFor) });
}

/**
 * Tries again, after waits that grow, and without end. To give up at some point, let a function choose by the number of failures.
 *
 * @example
 * ```ts
 * retryWith(exponentialBackoff({ firstMs: 100, longestMs: 30_000 }));
 * ```
 */
export function retryWith(backoff: Backoff): ErrorReaction<never> {
  if (backoff?.kind !== "exponential") throw new TypeError("retryWith must be given exponentialBackoff({ … }).");
  return Object.freeze({ kind: "retry-with", backoff });
}

/** A reaction that was chosen for one error. */
export type ChosenReaction<T> =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "throw"; readonly error: unknown }
  | { readonly kind: "continue"; readonly value: T }
  | { readonly kind: "retry"; readonly waitMs: number };

/** Chooses a reaction. When its functions throw, that is thrown in place of the error, which becomes its cause unless it has one. */
export function chooseReaction<T>(
  error: unknown,
  reactions: ErrorReactions<T>,
  context: ErrorReactionContext,
): ChosenReaction<T> {
  try {
    const reaction = typeof reactions === "function" ? reactions(error, context) : reactions;
    switch (reaction?.kind) {
      case "exit-process":
        return { kind: "exit", code: checkedExitCode(reaction.codeOf(error)) };
      case "rethrow":
        return { kind: "throw", error: reaction.mapped(error) };
      case "continue-with":
        return { kind: "continue", value: reaction.valueFor(error) };
      case "retry-with":
        return { kind: "retry", waitMs: backoffMs(reaction.backoff, context.failures) };
      default:
        throw new TypeError("A reaction must be made by exitProcess, rethrow, continueWith or retryWith.");
    }
  } catch (failure) {
    if (failure instanceof Error && failure.cause === undefined && failure !== error) failure.cause = error;
    return { kind: "throw", error: failure };
  }
}

/** @throws `TypeError` when it is neither a reaction nor a function. */
export function checkedReactions<T>(reactions: ErrorReactions<T>): ErrorReactions<T> {
  if (typeof reactions === "function" || typeof reactions?.kind === "string") return reactions;
  throw new TypeError("onError must be a reaction such as rethrow(), or a function that chooses one.");
}

function checkedExitCode(code: number): number {
  if (Number.isInteger(code) && code >= 0 && code <= 255) return code;
  throw new RangeError(`An exit code must be an integer from 0 to 255, got ${code}.`);
}

function checkedFunction<TFunction>(what: string, value: TFunction): TFunction {
  if (typeof value === "function") return value;
  throw new TypeError(`${what} must be given a function of the error.`);
}
