/**
 * Calls a function of the caller's that is only told something: nobody waits for it, and whatever it throws or, being
 * asynchronous after all, rejects with goes to `onFailure` instead of to whoever stands above.
 */
export function callAside(call: () => unknown, onFailure: (error: unknown) => void = () => {}): void {
  try {
    const returned = call();
    if (returned !== undefined) Promise.resolve(returned).catch(onFailure);
  } catch (error) {
    onFailure(error);
  }
}
