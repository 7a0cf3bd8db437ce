/**
 * Whether a value is a promise, or looks like one, where nobody waits for one: a function that has to be synchronous returned it.
 * If it is, its rejection is passed over, so that it does not end the process.
 */
export function isUnawaited(value: unknown): value is PromiseLike<unknown> {
  if (typeof (value as { readonly then?: unknown } | null | undefined)?.then !== "function") return false;
  Promise.resolve(value).catch(() => {});
  return true;
}
