/**
 * Waits for a step or for the signal, whichever comes first. A step that loses goes on, and its failure is swallowed,
 * since nobody waits for it any more.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function abortable<T>(step: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return step();
  signal.throwIfAborted();
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([step(), aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
