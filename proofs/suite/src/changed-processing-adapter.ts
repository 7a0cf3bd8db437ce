import type { ProcessingStorage, ProcessingStorageAdapter } from "@eventfold/processing";

/** What is changed about an adapter: members of its own, and of its storage. */
export type ProcessingAdapterChanges = Omit<
  Partial<ProcessingStorageAdapter & ProcessingStorage>,
  "storage" | "isClosed"
>;

/** An adapter that does as the one beneath, but for the members that are changed. */
export function changedProcessingAdapter(
  beneath: ProcessingStorageAdapter,
  changes: ProcessingAdapterChanges,
): ProcessingStorageAdapter {
  return {
    capabilities: beneath.capabilities,
    transactionsAtOnce: beneath.transactionsAtOnce,
    get isClosed() {
      return beneath.isClosed;
    },
    onChange: (listener) => beneath.onChange(listener),
    transaction: (work) => processingTransactionOf(beneath)(work),
    within: (transaction) => beneath.within(transaction),
    close: () => beneath.close(),
    [Symbol.asyncDispose]: () => beneath[Symbol.asyncDispose](),
    ...changes,
    storage: changedProcessingStorage(beneath.storage, changes),
  };
}

function changedProcessingStorage(beneath: ProcessingStorage, changes: Partial<ProcessingStorage>): ProcessingStorage {
  return {
    get isClosed() {
      return beneath.isClosed;
    },
    register: (registrations) => beneath.register(registrations),
    beginSession: (beginning) => beneath.beginSession(beginning),
    beat: (request) => beneath.beat(request),
    evict: (stalled) => beneath.evict(stalled),
    endSession: (session) => beneath.endSession(session),
    claim: (request) => beneath.claim(request),
    release: (leases) => beneath.release(leases),
    saveCheckpoints: (moves) => beneath.saveCheckpoints(moves),
    report: (report) => beneath.report(report),
    park: (request) => beneath.park(request),
    unpark: (request) => beneath.unpark(request),
    loadParked: (request) => beneath.loadParked(request),
    listParked: (listing) => beneath.listParked(listing),
    request: (call) => beneath.request(call),
    carryOut: (request) => beneath.carryOut(request),
    repartition: (call) => beneath.repartition(call),
    arrive: (arrival) => beneath.arrive(arrival),
    remove: (removal) => beneath.remove(removal),
    tryLock: (attempt) => beneath.tryLock(attempt),
    releaseLock: (release) => beneath.releaseLock(release),
    status: (request) => beneath.status(request),
    ...changes,
  };
}

/** The `transaction` of an adapter that has one. */
function processingTransactionOf(
  adapter: ProcessingStorageAdapter,
): NonNullable<ProcessingStorageAdapter["transaction"]> {
  if (adapter.transaction === undefined) throw new Error("The adapter beneath has transactions.");
  return adapter.transaction.bind(adapter);
}
