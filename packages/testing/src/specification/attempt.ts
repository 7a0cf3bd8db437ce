/** How something ended: with a value, or with what it threw or rejected with. */
export type Attempt<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "error"; readonly error: unknown };

/** `Promise<void>` if the result is a promise, otherwise `void`. */
// biome-ignore lint/suspicious/noConfusingVoidType: it is the return type of every `then…`.
export type Settled<TResult> = TResult extends PromiseLike<unknown> ? Promise<void> : void;

/**
 * Does something and checks how it ended: at once if it is synchronous, otherwise once it has settled. So synchronous code
 * can be tested without `await`.
 */
export function settle<TResult>(
  work: () => TResult,
  check: (attempt: Attempt<Awaited<TResult>>) => void,
): Settled<TResult> {
  const attempt = attempted(work);
  if (attempt.kind === "value" && isPromiseLike(attempt.value)) {
    const settled = Promise.resolve(attempt.value).then(
      (value): Attempt<Awaited<TResult>> => ({ kind: "value", value: value as Awaited<TResult> }),
      (error: unknown): Attempt<Awaited<TResult>> => ({ kind: "error", error }),
    );
    return settled.then(check) as Settled<TResult>;
  }
  check(attempt as Attempt<Awaited<TResult>>);
  return undefined as Settled<TResult>;
}

/** Does something, and says how it ended. */
export function attempted<T>(work: () => T): Attempt<T> {
  try {
    return { kind: "value", value: work() };
  } catch (error) {
    return { kind: "error", error };
  }
}

function isPromiseLike(value: unknown): boolean {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === "function";
}
