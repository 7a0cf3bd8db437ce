/**
 * Settles as the promise does, or rejects when that takes longer than the limit. The work itself is not stopped.
 *
 * @example
 * ```ts
 * await withinTimeLimit(reader.next(), { limitMs: 5_000, waitingFor: "the next event" });
 * ```
 */
export async function withinTimeLimit<T>(
  work: Promise<T>,
  { limitMs, waitingFor }: { readonly limitMs: number; readonly waitingFor: string },
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${limitMs} ms in vain for ${waitingFor}.`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
