/** Random choices from a seed: the same seed gives the same choices on every machine. */
export interface Random {
  /** The seed that the choices come from. Print it when a test fails. */
  readonly seed: number;
  /** An integer from `least` to `most`, both included. */
  integer(least: number, most: number): number;
  /** `true` with this probability, from 0 to 1. */
  chance(probability: number): boolean;
  /** One item of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** The items of a list in random order. */
  shuffle<T>(list: readonly T[]): T[];
}

/**
 * Random choices from a seed, by the generator "mulberry32". Fast and well spread; not for secrets.
 *
 * @example
 * ```ts
 * const random = seededRandom(42);
 * random.pick(["a", "b", "c"]);
 * ```
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  /** It has all 53 bits that a number can hold, so that wide ranges have no gaps. */
  const fraction = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  const integer = (least: number, most: number): number => least + Math.floor(fraction() * (most - least + 1));
  return {
    seed,
    integer,
    chance: (probability) => fraction() < probability,
    pick: (list) => picked(list, integer),
    shuffle: (list) => shuffled(list, integer),
  };
}

function picked<T>(list: readonly T[], integer: Random["integer"]): T {
  if (list.length === 0) throw new RangeError("There is nothing to pick from an empty list.");
  return list[integer(0, list.length - 1)] as T;
}

/** Fisher–Yates. */
function shuffled<T>(list: readonly T[], integer: Random["integer"]): T[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = integer(0, last);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
