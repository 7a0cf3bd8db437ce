import type { ProjectionStorage, ProjectionStorageAdapter } from "@eventfold/projections";

/** What is changed about an adapter: members of its own, and of its storage. */
export type ProjectionAdapterChanges = Omit<
  Partial<ProjectionStorageAdapter & ProjectionStorage>,
  "storage" | "isClosed"
>;

/** An adapter that does as the one beneath, but for the members that are changed. */
export function changedProjectionAdapter(
  beneath: ProjectionStorageAdapter,
  changes: ProjectionAdapterChanges,
): ProjectionStorageAdapter {
  return {
    capabilities: beneath.capabilities,
    functions: beneath.functions,
    get isClosed() {
      return beneath.isClosed;
    },
    transaction: (work) => projectionTransactionOf(beneath)(work),
    within: (transaction) => beneath.within(transaction),
    close: () => beneath.close(),
    [Symbol.asyncDispose]: () => beneath[Symbol.asyncDispose](),
    ...changes,
    storage: changedProjectionStorage(beneath.storage, changes),
  };
}

function changedProjectionStorage(beneath: ProjectionStorage, changes: Partial<ProjectionStorage>): ProjectionStorage {
  return {
    get isClosed() {
      return beneath.isClosed;
    },
    save: (request) => beneath.save(request),
    startingPoint: (request) => beneath.startingPoint(request),
    load: (key) => beneath.load(key),
    loadMany: (keys) => beneath.loadMany(keys),
    locate: (key) => beneath.locate(key),
    search: (request) => beneath.search(request),
    lookup: (request) => beneath.lookup(request),
    count: (request) => beneath.count(request),
    delete: (request) => beneath.delete(request),
    clear: (request) => beneath.clear(request),
    activeVersion: (name) => beneath.activeVersion(name),
    activate: (request) => beneath.activate(request),
    ...changes,
  };
}

/** The `transaction` of an adapter that has one. */
export function projectionTransactionOf(
  adapter: ProjectionStorageAdapter,
): NonNullable<ProjectionStorageAdapter["transaction"]> {
  if (adapter.transaction === undefined) throw new Error("The adapter beneath has transactions.");
  return adapter.transaction.bind(adapter);
}
