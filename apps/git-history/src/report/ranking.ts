/**
 * The highest of many, without sorting them all: in descending order, of equals the first.
 *
 * @example
 * ```ts
 * highest([3, 9, 4], 2, (n) => n); // [9, 4]
 * ```
 */
export function highest<T>(items: Iterable<T>, count: number, scoreOf: (item: T) => number): readonly T[] {
  const kept: T[] = [];
  for (const item of items) {
    const score = scoreOf(item);
    const place = kept.findIndex((other) => scoreOf(other) < score);
    if (place === -1) kept.push(item);
    else kept.splice(place, 0, item);
    if (kept.length > count) kept.pop();
  }
  return kept;
}
