import { abortable } from "./abortable.ts";

/**
 * The pages of a storage, one at a time, ending at once when the signal is aborted, even while a page is awaited.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function* pagesUntilAborted<T>(
  pages: AsyncIterable<readonly T[]>,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly T[], void, undefined> {
  const iterator = pages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await abortable(() => iterator.next(), signal);
      if (done) return;
      yield value;
    }
  } finally {
    // Not awaited: the return waits for a page that is still under way, and the caller should not.
    iterator.return?.()?.catch(() => {});
  }
}

/**
 * The items of pages, one by one. When the storage is closed or the signal aborted, the rest of the page is dropped,
 * and the next step of the pages rejects.
 */
export async function* itemsOf<T>(
  pages: AsyncIterable<readonly T[]>,
  source: { readonly storage: { readonly isClosed: boolean }; readonly signal: AbortSignal | undefined },
): AsyncGenerator<T, void, undefined> {
  for await (const page of pages) {
    for (const item of page) {
      if (source.storage.isClosed || source.signal?.aborted) break;
      yield item;
    }
  }
}
