/** The outcome of a promise, or, when that takes longer, a rejection with the error that `onTimeout` returns. */
export function withTimeout<T>(promise: Promise<T>, timeoutMs: number, onTimeout: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(onTimeout()), rounded(timeoutMs));
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

// The runtime keeps a list of timers per duration; few durations make few lists, which is cheaper by some microseconds.
const STEP_MS = 50;

function rounded(timeoutMs: number): number {
  return timeoutMs < 1_000 ? Math.max(timeoutMs, 0) : Math.ceil(timeoutMs / STEP_MS) * STEP_MS;
}
