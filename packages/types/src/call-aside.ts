/**
 * Calls a callback without waiting for it. What it throws, or rejects with if it is asynchronous, goes to `onFailure`
 * and never reaches the code that called this.
 */
export function callAside(call: () => unknown, onFailure: (error: unknown) => void = () => {}): void {
  try {
    const returned = call();
    if (returned !== undefined) Promise.resolve(returned).catch(onFailure);
  } catch (error) {
    onFailure(error);
  }
}
