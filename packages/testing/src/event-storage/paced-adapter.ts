import type { EventStorage, EventStorageAdapter, Transaction } from "@eventfold/store";
import type { Pace } from "../suite/pace.ts";

/** More than any test stores: an iteration that yields more does not end. */
const MOST_ITEMS = 1_000_000;

/**
 * An adapter that does as the one beneath, so paced that a loop over it cannot keep a time limit from passing, nor an
 * iteration without end fill the memory.
 */
export function pacedAdapter(beneath: EventStorageAdapter, pace: Pace): EventStorageAdapter {
  const transaction = beneath.transaction?.bind(beneath);
  const adapter: EventStorageAdapter = {
    ...pacedStorage(beneath, pace),
    orderingGuarantee: beneath.orderingGuarantee,
    capabilities: beneath.capabilities,
    onChange: (listener) => beneath.onChange(listener),
    ...(transaction && {
      transaction: (work) => pace.answered(transaction((own) => work(pacedTransaction(own, pace)))),
    }),
    close: () => pace.answered(beneath.close()),
    [Symbol.asyncDispose]: () => pace.answered(beneath[Symbol.asyncDispose]()),
  };
  return Object.defineProperty(adapter, "isClosed", { get: () => beneath.isClosed, enumerable: true });
}

function pacedTransaction(beneath: Transaction, pace: Pace): Transaction {
  const storage = pacedStorage(beneath.storage, pace);
  if (beneath.rollbackWith === undefined) return { storage };
  return { storage, rollbackWith: (error) => beneath.rollbackWith?.(error) };
}

function pacedStorage(beneath: EventStorage, pace: Pace): EventStorage {
  return {
    get isClosed() {
      return beneath.isClosed;
    },
    save: (request) => pace.answered(beneath.save(request)),
    latest: (source) => pace.answered(beneath.latest(source)),
    eventById: (id) => pace.answered(beneath.eventById(id)),
    scan: (source, options) => pacedPages(beneath.scan(source, options), pace),
    categories: (options) => pacedPages(beneath.categories(options), pace),
    streams: (category, options) => pacedPages(beneath.streams(category, options), pace),
  };
}

function pacedPages<T>(pages: AsyncIterable<readonly T[]>, pace: Pace): AsyncIterable<readonly T[]> {
  return {
    [Symbol.asyncIterator]: () => {
      const iterator = pages[Symbol.asyncIterator]();
      let items = 0;
      const next = async (): Promise<IteratorResult<readonly T[]>> => {
        const step = await pace.answered(iterator.next());
        if (!step.done) items += Math.max(1, step.value.length);
        if (items > MOST_ITEMS) throw new Error(`One iteration yielded over ${MOST_ITEMS} items: it does not end.`);
        return step;
      };
      if (iterator.return === undefined) return { next };
      return { next, return: async () => (await iterator.return?.()) ?? { done: true, value: undefined } };
    },
  };
}
