import type { EventStorage, SaveRequest, SaveResult } from "../src/adapter/index.ts";
import type { EventStorageAdapter, StoredEvent } from "../src/index.ts";

/** A storage that answers each save with the next answer of a script: for what no real storage does on demand. */
export function scriptedStorage(script: {
  readonly latest?: readonly (StoredEvent | undefined)[];
  readonly answers: readonly (SaveResult | Error)[];
}): EventStorage & { readonly requests: readonly SaveRequest[] } {
  const requests: SaveRequest[] = [];
  let reads = 0;
  return {
    requests,
    isClosed: false,
    latest: async () => script.latest?.[reads++],
    horizon: async () => 0,
    boundary: async () => ({ events: [], after: 0 }),
    eventById: async () => undefined,
    save: async (request) => {
      const answer = script.answers[requests.push(request) - 1];
      if (answer === undefined) throw new Error("The script has no answer left.");
      if (answer instanceof Error) throw answer;
      return answer;
    },
    async *scan() {},
    async *categories() {},
    async *streams() {},
  };
}

/** An adapter of which only the storage matters. */
export function adapterOn(storage: EventStorage, own: Partial<EventStorageAdapter> = {}): EventStorageAdapter {
  return {
    storage,
    isClosed: false,
    orderingGuarantee: "log",
    capabilities: { durable: false, sharedStorage: false, transactions: false, notifications: true },
    onChange: () => () => {},
    newsOf: async () => [],
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
    ...own,
  };
}
