import { type EventStorageAdapter, EventStore, streamIsEmpty } from "@eventfold/store";
import type { Candidate } from "./candidate.ts";
import { type Load, timeBoxed } from "./load.ts";
import { freshStream, freshTags, sampleEvents } from "./sample-events.ts";

/** An adapter that is open, and what to do when it has been closed. */
export interface OpenedStorage {
  readonly adapter: EventStorageAdapter;
  readonly dispose: () => Promise<void>;
}

/** How a candidate of ours publishes. */
export interface Publishing {
  readonly name: string;
  readonly load: Load;
  readonly open: () => Promise<OpenedStorage>;
  /** How many events the log holds before. Default: none. */
  readonly stored?: number;
  /** Publishes without condition to this one stream, instead of to new ones. */
  readonly toStream?: string | undefined;
  /** How many tags each event has: one of its own, and others that many share. Default: none. */
  readonly tags?: number;
}

/** Publishes of ours, each caller waiting for its own. */
export function publishing({ name, load, open, stored = 0, toStream, tags = 0 }: Publishing): Candidate {
  return {
    name,
    async start() {
      const { adapter, dispose } = await open();
      const store = new EventStore({ adapter });
      await fill(store, stored);
      const sample = sampleEvents(load.unitsPerCall);
      const publish = (): Promise<unknown> => {
        const events = tags === 0 ? sample : sample.map((event) => ({ ...event, tags: freshTags(tags) }));
        return toStream === undefined
          ? store.stream({ category: "orders", stream: freshStream() }).publish({ events, condition: streamIsEmpty() })
          : store.stream({ category: "orders", stream: toStream }).publish({ events });
      };
      return {
        measure: () => timeBoxed(load, publish),
        async dispose() {
          await adapter.close();
          await dispose();
        },
      };
    },
  };
}

/** Stores events, ten thousand to a stream. */
export async function fill(store: EventStore, count: number): Promise<void> {
  for (let stored = 0; stored < count; stored += 10_000) {
    await store.stream({ category: "orders", stream: freshStream() }).publish({ events: sampleEvents(10_000) });
  }
}
