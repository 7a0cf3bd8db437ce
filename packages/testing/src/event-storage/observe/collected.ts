/** Everything that an iteration yields. */
export async function collected<T>(source: AsyncIterable<T>): Promise<T[]> {
  const result: T[] = [];
  for await (const item of source) result.push(item);
  return result;
}

/** The items of all pages of an iteration. An empty page, which the port does not allow, fails the test. */
export async function collectedPages<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const result: T[] = [];
  for await (const page of pages) {
    if (page.length === 0) throw new Error("The adapter yielded an empty page; pages are never empty.");
    for (const item of page) result.push(item);
  }
  return result;
}

/** The given number of first items; the iteration is then ended by a break. */
export async function firstOf<T>(source: AsyncIterable<T>, count: number): Promise<T[]> {
  const result: T[] = [];
  for await (const item of source) {
    result.push(item);
    if (result.length === count) break;
  }
  return result;
}
