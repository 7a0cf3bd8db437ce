/** Takes note of adapters that are to be closed after the test. */
export type CloseLater = (...adapters: readonly { close(): Promise<void> }[]) => void;

/**
 * Runs a test on fresh storage. Then it closes what the test has opened, the latest first, and removes the storage.
 */
export async function withFreshStorage<TStorage extends { dispose(): Promise<void> }>(
  create: () => Promise<TStorage>,
  run: (storage: TStorage, closeLater: CloseLater) => Promise<void>,
): Promise<void> {
  const storage = await create();
  const opened: { close(): Promise<void> }[] = [];
  try {
    await run(storage, (...adapters) => opened.push(...adapters));
  } finally {
    for (const adapter of opened.toReversed()) await adapter.close();
    await storage.dispose();
  }
}
