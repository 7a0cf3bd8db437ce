import type { EventStorageAdapter } from "@eventfold/store";
import type { EventStorage } from "@eventfold/store/adapter";

/** A storage that does as the one beneath, but for the members that are changed. */
export function changedStorage(beneath: EventStorage, changes: Partial<EventStorage>): EventStorage {
  const storedTexts = beneath.storedTexts?.bind(beneath);
  return {
    get isClosed() {
      return beneath.isClosed;
    },
    save: (request) => beneath.save(request),
    latest: (source, options) => beneath.latest(source, options),
    horizon: (source) => beneath.horizon(source),
    boundary: (items) => beneath.boundary(items),
    eventById: (id) => beneath.eventById(id),
    scan: (source, options) => beneath.scan(source, options),
    ...(storedTexts && { storedTexts: (source, options) => storedTexts(source, options) }),
    categories: (options) => beneath.categories(options),
    streams: (category, options) => beneath.streams(category, options),
    ...changes,
  };
}

/** What is changed about an adapter: members of its own, and of its storage. */
export type AdapterChanges = Omit<Partial<EventStorageAdapter & EventStorage>, "storage" | "isClosed">;

/** An adapter that does as the one beneath, but for the members that are changed. */
export function changedAdapter(beneath: EventStorageAdapter, changes: AdapterChanges): EventStorageAdapter {
  const restore = beneath.restore?.bind(beneath);
  return {
    get isClosed() {
      return beneath.isClosed;
    },
    orderingGuarantee: beneath.orderingGuarantee,
    capabilities: beneath.capabilities,
    inspection: beneath.inspection,
    onChange: (listener) => beneath.onChange(listener),
    newsOf: (places) => beneath.newsOf(places),
    transaction: (work, options) => transactionOf(beneath)(work, options),
    ...(restore && { restore: (batch) => restore(batch) }),
    close: () => beneath.close(),
    [Symbol.asyncDispose]: () => beneath[Symbol.asyncDispose](),
    ...changes,
    storage: changedStorage(beneath.storage, changes),
  };
}

/** The `transaction` of an adapter that has one. */
export function transactionOf(adapter: EventStorageAdapter): NonNullable<EventStorageAdapter["transaction"]> {
  if (adapter.transaction === undefined) throw new Error("The adapter beneath has transactions.");
  return adapter.transaction.bind(adapter);
}

/** The `restore` of an adapter that has it. */
export function restoreOf(adapter: EventStorageAdapter): NonNullable<EventStorageAdapter["restore"]> {
  if (adapter.restore === undefined) throw new Error("The adapter beneath restores.");
  return adapter.restore.bind(adapter);
}

/** The `storedTexts` of a storage that has it. */
export function textsOf(storage: EventStorage): NonNullable<EventStorage["storedTexts"]> {
  if (storage.storedTexts === undefined) throw new Error("The storage beneath has texts.");
  return storage.storedTexts.bind(storage);
}
