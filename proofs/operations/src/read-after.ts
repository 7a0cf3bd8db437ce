import type { EventStorageAdapter } from "@eventfold/store";
import type { EventStorage, StoredTextsOptions } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";

/** What has to happen before events above a number are read. */
export interface ReadingDelay {
  readonly sequenceNumber: number;
  readonly wait: () => Promise<unknown>;
}

/** An adapter whose texts of events above a number are read forwards only once something else has happened. */
export function readAfter(adapter: EventStorageAdapter, { sequenceNumber, wait }: ReadingDelay): EventStorageAdapter {
  async function* storedTexts(source: SourceIdentifier, options: StoredTextsOptions) {
    for await (const page of adapter.storage.storedTexts?.(source, options) ?? []) {
      const isBeyond = page.some((event) => event.sequenceNumber > sequenceNumber);
      if (isBeyond && options.direction === "forwards") await wait();
      yield page;
    }
  }
  return withMembers(adapter, {
    storage: withMembers(adapter.storage, { storedTexts } satisfies Partial<EventStorage>),
  });
}

function withMembers<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get(_target, name) {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
