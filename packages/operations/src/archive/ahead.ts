/**
 * The same items, where the next one is begun before the caller has asked for it: it is made while the last one is being used.
 * What fails meanwhile fails when its turn comes.
 */
export async function* madeAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  let next = beginNext(iterator);
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = beginNext(iterator);
      yield value;
    }
  } finally {
    await next.catch(() => {});
    await iterator.return?.();
  }
}

function beginNext<T>(iterator: AsyncIterator<T>): Promise<IteratorResult<T>> {
  const next = iterator.next();
  next.catch(() => {}); // it is awaited later, or never if the caller breaks off
  return next;
}
