/** The reasons of unhandled rejections during work, or in the turns of the event loop after it. */
export async function unhandledRejectionsDuring(work: () => Promise<void>): Promise<unknown[]> {
  const reasons: unknown[] = [];
  const note = (reason: unknown): void => void reasons.push(reason);
  process.on("unhandledRejection", note);
  try {
    await work();
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  } finally {
    process.off("unhandledRejection", note);
  }
  return reasons;
}
