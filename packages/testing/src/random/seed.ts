/**
 * The seed for a run: the given one, else that of the environment variable `EVENTFOLD_SEED`, else a fresh one. Print it when
 * something fails.
 *
 * @throws `RangeError` when the seed is not an integer from 0 to 2³² − 1.
 *
 * @example
 * ```ts
 * const random = seededRandom(chosenSeed());
 * ```
 */
export function chosenSeed(given?: number): number {
  const fixed = given ?? environmentSeed();
  if (fixed === undefined) return Math.floor(Math.random() * 2 ** 32);
  if (!Number.isInteger(fixed) || fixed < 0 || fixed >= 2 ** 32) {
    throw new RangeError(`A seed must be an integer from 0 to 4294967295, got ${fixed}.`);
  }
  return fixed;
}

function environmentSeed(): number | undefined {
  const text = process.env.EVENTFOLD_SEED;
  return text === undefined || text === "" ? undefined : Number(text);
}
