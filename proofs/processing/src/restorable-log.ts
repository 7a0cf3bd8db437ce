import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import type { SubscribableSource } from "@eventfold/processing";
import { type EventCategory, EventStore } from "@eventfold/store";

/** A log that is restored from a backup while it is followed, without anybody who reads it being told. */
export interface RestorableLog {
  readonly source: SubscribableSource;
  /** Publishes events to the log that there is now. */
  publish(events: number, name?: string): Promise<void>;
  /** From now on the log is another one, which has so many events only. */
  restore(events: number): Promise<void>;
}

export async function openRestorableLog(): Promise<RestorableLog> {
  let category = await openCategory();
  let restored = new AbortController();
  return {
    source: {
      identifier: category.identifier,
      scan: (options) => category.scan(options),
      latest: () => category.latest(),
      horizon: () => category.horizon(),
      async *followPages({ after = 0, constraints, signal } = {}) {
        for (let upTo = after; ; ) {
          const end = AbortSignal.any([restored.signal, ...(signal === undefined ? [] : [signal])]);
          try {
            for await (const page of category.followPages({ after: upTo, constraints, signal: end })) {
              upTo = page.upTo;
              yield page;
            }
          } catch (error) {
            signal?.throwIfAborted();
            if (!end.aborted) throw error;
          }
        }
      },
    },
    async publish(events, name = "happened") {
      for (let n = 0; n < events; n += 1) {
        await category.stream(`thing-${n % 4}`).publish({ events: [{ name, payload: { n } }] });
      }
    },
    async restore(events) {
      category = await openCategory();
      for (let n = 0; n < events; n += 1) {
        await category.stream(`thing-${n % 4}`).publish({ events: [{ name: "happened", payload: { n } }] });
      }
      restored.abort();
      restored = new AbortController();
    },
  };
}

async function openCategory(): Promise<EventCategory> {
  return new EventStore({ adapter: await MemoryEventStorageAdapter.open() }).category("things");
}
