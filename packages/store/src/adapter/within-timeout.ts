import { StorageBusyError } from "@eventfold/types";

/**
 * The outcome of a transaction's callback, which may take at most `timeoutMs`; `undefined`: any time.
 *
 * @throws `StorageBusyError` (`STORAGE_BUSY`) when it takes longer.
 */
export async function withinTimeout<T>(callback: Promise<T>, timeoutMs: number | undefined): Promise<T> {
  if (timeoutMs === undefined) return callback;
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `The transaction was open for longer than ${timeoutMs} ms, and was rolled back. Nothing was stored.`;
      reject(new StorageBusyError(message));
    }, timeoutMs);
  });
  try {
    return await Promise.race([callback, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
