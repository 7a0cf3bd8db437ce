import { AsyncLocalStorage } from "node:async_hooks";
import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import type { EventStorageAdapter, OrderingGuarantee } from "@eventfold/store";
import type { OpenSettings, StorageUnderTest } from "@eventfold/testing";
import { AdapterClosedError, NestedPublishError, OrderingGuaranteeMismatchError } from "@eventfold/types";
import { changedAdapter, restoreOf, textsOf, transactionOf } from "./changed-adapter.ts";

/** What can be changed about a {@link keptStorage}. */
export interface KeptStorageFault {
  /** Changes each adapter that is opened; `opened` says how many were opened before it. */
  readonly wrap?: (handle: EventStorageAdapter, opened: number) => EventStorageAdapter | Promise<EventStorageAdapter>;
  /** Whether the guarantee that is asked for is compared. Default: `true`. */
  readonly comparesGuarantee?: boolean;
}

/** Memory that outlives the adapters opened on it and is shared by them: what durable, shared storage looks like. */
export async function keptStorage({
  wrap = (handle) => handle,
  comparesGuarantee = true,
}: KeptStorageFault = {}): Promise<StorageUnderTest> {
  const log = await MemoryEventStorageAdapter.open();
  let opened = 0;
  return {
    open: async (settings: OpenSettings = {}) => {
      if (comparesGuarantee) refuseOther(log.orderingGuarantee, settings.orderingGuarantee);
      const handle = await wrap(handleOn(log), opened);
      opened += 1;
      return handle;
    },
    dispose: () => log.close(),
  };
}

function refuseOther(stored: OrderingGuarantee, requested: OrderingGuarantee = stored): void {
  if (requested !== stored) throw new OrderingGuaranteeMismatchError({ stored, requested });
}

/** An adapter of its own on a log that stays when it is closed. */
function handleOn(log: EventStorageAdapter): EventStorageAdapter {
  let isClosed = false;
  const inFlight = new Set<Promise<unknown>>();
  const listeners = new Set<() => void>();
  const inside = new AsyncLocalStorage<true>();
  const tracked = async <T>(call: () => Promise<T>): Promise<T> => {
    if (isClosed) throw new AdapterClosedError();
    const operation = call();
    inFlight.add(operation);
    return operation.finally(() => inFlight.delete(operation));
  };
  const paged = async function* <T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
    if (isClosed) throw new AdapterClosedError();
    for await (const page of pages) {
      yield page;
      if (isClosed) throw new AdapterClosedError();
    }
  };
  const close = async (): Promise<void> => {
    if (inside.getStore()) throw new NestedPublishError();
    isClosed = true;
    await Promise.allSettled(inFlight);
    for (const listener of [...listeners]) listener();
  };
  const { inspection } = log;
  const handle = changedAdapter(log, {
    capabilities: { ...log.capabilities, durable: true, sharedStorage: true },
    save: (request) => tracked(() => log.storage.save(request)),
    latest: (source) => tracked(() => log.storage.latest(source)),
    horizon: (source) => tracked(() => log.storage.horizon(source)),
    boundary: (items) => tracked(() => log.storage.boundary(items)),
    newsOf: (places) => tracked(() => log.newsOf(places)),
    inspection: inspection && {
      structure: (options) => paged(inspection.structure(options)),
      status: () => tracked(() => inspection.status()),
      diagnose: () => tracked(() => inspection.diagnose()),
    },
    eventById: (id) => tracked(() => log.storage.eventById(id)),
    scan: (source, options) => paged(log.storage.scan(source, options)),
    storedTexts: (source, options) => paged(textsOf(log.storage)(source, options)),
    restore: (batch) => tracked(() => restoreOf(log)(batch)),
    categories: (options) => paged(log.storage.categories(options)),
    streams: (category, options) => paged(log.storage.streams(category, options)),
    onChange: (listener) => {
      const call = (): void => listener();
      listeners.add(call);
      const end = log.onChange(call);
      return () => {
        listeners.delete(call);
        end();
      };
    },
    transaction: (work, options) =>
      tracked(() => transactionOf(log)((transaction) => inside.run(true, () => work(transaction)), options)),
    close,
    [Symbol.asyncDispose]: close,
  });
  for (const part of [handle, handle.storage]) Object.defineProperty(part, "isClosed", { get: () => isClosed });
  return handle;
}
