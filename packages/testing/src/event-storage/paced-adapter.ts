import type { EventStorageAdapter, StorageInspection, Transaction } from "@eventfold/store";
import type { EventStorage, SaveResult } from "@eventfold/store/adapter";
import type { Pace } from "../suite/pace.ts";
import { listingCheck, type PageCheck, scanCheck, textsCheck } from "./page-check.ts";
import type { WakeUpWatch } from "./wake-up-watch.ts";

/** More than any test stores: an iteration that yields more does not end. */
const MOST_ITEMS = 1_000_000;

/** What {@link pacedAdapter} watches over. */
export interface AdapterWatch {
  readonly pace: Pace;
  readonly wakeUps: WakeUpWatch;
}

/**
 * An adapter that behaves like the one beneath, but is paced: a loop over it cannot keep a time limit from taking effect, and
 * an endless iteration cannot fill the memory. Pages out of order and listeners that are not called fail the test at once,
 * because what the test waits for might then never come.
 */
export function pacedAdapter(beneath: EventStorageAdapter, { pace, wakeUps }: AdapterWatch): EventStorageAdapter {
  const transaction = beneath.transaction?.bind(beneath);
  const restore = beneath.restore?.bind(beneath);
  return {
    storage: pacedStorage(beneath.storage, pace, (save) => wakeUps.publishing(save, isStored)),
    get isClosed() {
      return beneath.isClosed;
    },
    orderingGuarantee: beneath.orderingGuarantee,
    capabilities: beneath.capabilities,
    inspection: beneath.inspection && pacedInspection(beneath.inspection, pace),
    onChange: (listener) => wakeUps.listen(beneath, listener),
    newsOf: (places) => pace.answered(beneath.newsOf(places)),
    ...(transaction && {
      transaction: (work, options) => {
        let hasStored = false;
        const noteStored: Saving = async (save) => {
          const result = await save();
          hasStored ||= isStored(result);
          return result;
        };
        const watchedWork = (own: Transaction) =>
          Promise.race([work(pacedTransaction(own, pace, noteStored)), pace.failure]);
        return wakeUps.publishing(
          () => pace.answered(transaction(watchedWork, options)),
          () => hasStored,
        );
      },
    }),
    ...(restore && {
      restore: (batch) =>
        wakeUps.publishing(
          () => pace.answered(restore(batch)),
          () => batch.events.length > 0,
        ),
    }),
    close: () => wakeUps.closing(beneath, () => pace.answered(beneath.close())),
    [Symbol.asyncDispose]: () => wakeUps.closing(beneath, () => pace.answered(beneath[Symbol.asyncDispose]())),
  };
}

function isStored(result: SaveResult): boolean {
  return result.kind === "stored" && result.events.some((events) => events.length > 0);
}

/** Runs a save, with something before or after it. */
type Saving = (save: () => Promise<SaveResult>) => Promise<SaveResult>;

function pacedTransaction(beneath: Transaction, pace: Pace, saving: Saving): Transaction {
  const storage = pacedStorage(beneath.storage, pace, saving);
  if (beneath.rollbackWith === undefined) return { storage };
  return { storage, rollbackWith: (error) => beneath.rollbackWith?.(error) };
}

function pacedStorage(beneath: EventStorage, pace: Pace, saving: Saving): EventStorage {
  const storedTexts = beneath.storedTexts?.bind(beneath);
  return {
    get isClosed() {
      return beneath.isClosed;
    },
    save: (request) => saving(() => pace.answered(beneath.save(request))),
    latest: (source, options) => pace.answered(beneath.latest(source, options)),
    horizon: (source) => pace.answered(beneath.horizon(source)),
    boundary: (items) => pace.answered(beneath.boundary(items)),
    eventById: (id) => pace.answered(beneath.eventById(id)),
    scan: (source, options) => pacedPages(beneath.scan(source, options), () => scanCheck(source, options), pace),
    ...(storedTexts && {
      storedTexts: (source, options) =>
        pacedPages(storedTexts(source, options), () => textsCheck(source, options), pace),
    }),
    categories: (options) =>
      pacedPages(beneath.categories(options), () => listingCheck("the list of categories", options.after), pace),
    streams: (category, options) =>
      pacedPages(
        beneath.streams(category, options),
        () => listingCheck(`the list of streams of ${category}`, options.after),
        pace,
      ),
  };
}

function pacedInspection(beneath: StorageInspection, pace: Pace): StorageInspection {
  return {
    structure: (options) => pacedSteps(beneath.structure(options), pace),
    status: () => pace.answered(beneath.status()),
    diagnose: () => pace.answered(beneath.diagnose()),
  };
}

async function* pacedSteps<T>(steps: AsyncIterable<T>, pace: Pace): AsyncGenerator<T> {
  const iterator = steps[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await pace.answered(iterator.next());
      if (step.done) return;
      yield step.value;
    }
  } finally {
    await iterator.return?.();
  }
}

function pacedPages<T>(
  pages: AsyncIterable<readonly T[]>,
  checkOf: () => PageCheck<T>,
  pace: Pace,
): AsyncIterable<readonly T[]> {
  return {
    [Symbol.asyncIterator]: () => {
      const iterator = pages[Symbol.asyncIterator]();
      const check = checkOf();
      let items = 0;
      const next = async (): Promise<IteratorResult<readonly T[]>> => {
        const step = await pace.answered(iterator.next());
        if (step.done) return step;
        items += step.value.length;
        try {
          check(step.value);
          if (items > MOST_ITEMS) throw new Error(`One iteration yielded over ${MOST_ITEMS} items: it does not end.`);
        } catch (error) {
          pace.fail(error as Error);
          return new Promise(() => {}); // the test has failed: code that goes on reading would only fail again, somewhere else
        }
        return step;
      };
      if (iterator.return === undefined) return { next };
      return { next, return: async () => (await iterator.return?.()) ?? { done: true, value: undefined } };
    },
  };
}
