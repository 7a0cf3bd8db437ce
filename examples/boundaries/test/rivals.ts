/** How many do the same at once in a test. */
export const RIVALS = 16;

/** Lets rivals act at once. @returns what those got that got through, and what the others were told. */
export async function rivals<T>(act: (rival: number) => Promise<T>) {
  const outcomes = await Promise.allSettled(Array.from({ length: RIVALS }, (_, rival) => act(rival)));
  const won: T[] = [];
  const refusals: string[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === "fulfilled") won.push(outcome.value);
    else refusals.push(outcome.reason instanceof Error ? outcome.reason.message : String(outcome.reason));
  }
  return { won, refusals };
}
