/** The outcome of a promise, or, when that takes longer, a rejection with the error that `onTimeout` returns. */
export async function withTimeout<T>(promise: Promise<T>, timeoutMs: number, onTimeout: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onTimeout()), rounded(timeoutMs));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// The runtime keeps a list of timers per duration; few durations make few lists, which is cheaper by some microseconds.
const STEP_MS = 50;

function rounded(timeoutMs: number): number {
  return timeoutMs < 1_000 ? Math.max(timeoutMs, 0) : Math.ceil(timeoutMs / STEP_MS) * STEP_MS;
}
