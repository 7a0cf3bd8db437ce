import { setTimeout as wait } from "node:timers/promises";
import type { EventStorageAdapter } from "@eventfold/store";
import type { EventStorage } from "@eventfold/store/adapter";
import type { FaultPlan, FaultyCall } from "./fault-plan.ts";

/**
 * An adapter that does what the one beneath does, except for the faults of a plan: it fails, waits, or loses the reply
 * after the write. A wake-up that fails or whose reply is lost does not come. A delayed one comes late, so others may
 * overtake it.
 *
 * Closing it closes the adapter beneath, which does not know of calls that are still delayed: those reject. The same plan
 * continues inside transactions.
 *
 * @example
 * ```ts
 * const adapter = withFaults(await MemoryEventStorageAdapter.open(), faultScript({ save: [fail(new StorageBusyError("busy"))] }));
 * const store = new EventStore({ adapter }); // its first publish is refused, and stores nothing
 * ```
 */
export function withFaults(beneath: EventStorageAdapter, plan: FaultPlan): EventStorageAdapter {
  const transaction = beneath.transaction?.bind(beneath);
  const restore = beneath.restore?.bind(beneath);
  return {
    storage: faultyStorage(beneath.storage, plan),
    get isClosed() {
      return beneath.isClosed;
    },
    orderingGuarantee: beneath.orderingGuarantee,
    capabilities: beneath.capabilities,
    inspection: beneath.inspection,
    onChange: (listener) =>
      beneath.onChange(() => void struck(plan, "onChange", async () => listener()).catch(() => {})),
    newsOf: (places) => struck(plan, "newsOf", () => beneath.newsOf(places)),
    ...(transaction && {
      transaction: (work, options) =>
        transaction((own) => work({ ...own, storage: faultyStorage(own.storage, plan) }), options),
    }),
    ...(restore && { restore: (batch) => struck(plan, "restore", () => restore(batch)) }),
    close: () => beneath.close(),
    [Symbol.asyncDispose]: () => beneath[Symbol.asyncDispose](),
  };
}

function faultyStorage(beneath: EventStorage, plan: FaultPlan): EventStorage {
  const storedTexts = beneath.storedTexts?.bind(beneath);
  return {
    get isClosed() {
      return beneath.isClosed;
    },
    save: (request) => struck(plan, "save", () => beneath.save(request)),
    latest: (source, options) => struck(plan, "latest", () => beneath.latest(source, options)),
    horizon: (source) => struck(plan, "horizon", () => beneath.horizon(source)),
    boundary: (items) => struck(plan, "boundary", () => beneath.boundary(items)),
    eventById: (id) => struck(plan, "eventById", () => beneath.eventById(id)),
    scan: (source, options) => stepByStep({ plan, call: "scan", pages: beneath.scan(source, options) }),
    ...(storedTexts && {
      storedTexts: (source, options) => stepByStep({ plan, call: "storedTexts", pages: storedTexts(source, options) }),
    }),
    categories: (options) => stepByStep({ plan, call: "categories", pages: beneath.categories(options) }),
    streams: (category, options) => stepByStep({ plan, call: "streams", pages: beneath.streams(category, options) }),
  };
}

/** Makes a call, with the fault that the plan has for it. */
async function struck<T>(plan: FaultPlan, call: FaultyCall, make: () => Promise<T>): Promise<T> {
  const fault = plan.next(call);
  switch (fault?.kind) {
    case undefined:
      return make();
    case "delay":
      await wait(fault.ms);
      return make();
    case "lose-reply":
      await make();
      throw fault.error;
    case "fail":
      throw fault.error;
  }
}

interface Steps<T> {
  readonly plan: FaultPlan;
  readonly call: FaultyCall;
  readonly pages: AsyncIterable<T>;
}

async function* stepByStep<T>({ plan, call, pages }: Steps<T>): AsyncGenerator<T, void, undefined> {
  const iterator = pages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await struck(plan, call, () => iterator.next());
      if (done) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
