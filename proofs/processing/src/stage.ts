import { MemoryEventStorageAdapter, MemoryProcessingStorageAdapter } from "@eventfold/adapter-memory";
import { EventBroker, type EventBrokerOptions } from "@eventfold/processing";
import { EventStore, type StoredEvent } from "@eventfold/store";

/** A store, a processing storage, and brokers that are stopped in the end. */
export interface Stage {
  readonly store: EventStore;
  readonly storage: MemoryProcessingStorageAdapter;
  /** What brokers told, in order. */
  readonly told: unknown[];
  broker(options: Pick<EventBrokerOptions, "subscriptions"> & Partial<EventBrokerOptions>): EventBroker;
  /** Publishes events, each to the next of some streams of the category `things`; in order. */
  publish(events: number, streams?: number): Promise<readonly StoredEvent[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens a stage in memory. */
export async function openStage(): Promise<Stage> {
  const events = await MemoryEventStorageAdapter.open();
  const storage = await MemoryProcessingStorageAdapter.open();
  const store = new EventStore({ adapter: events });
  const brokers: EventBroker[] = [];
  const told: unknown[] = [];
  let published = 0;
  return {
    store,
    storage,
    told,
    broker(options) {
      const onError = (error: unknown) => told.push(error);
      const broker = new EventBroker({ name: `node-${brokers.length + 1}`, storage, onError, ...options });
      brokers.push(broker);
      return broker;
    },
    async publish(count, streams = 1) {
      const stored: StoredEvent[] = [];
      for (let n = 0; n < count; n += 1) {
        const stream = store.stream({ category: "things", stream: `thing-${published++ % streams}` });
        stored.push(...(await stream.publish({ events: [{ name: "happened", payload: { n } }] })));
      }
      return stored;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(brokers.map((broker) => broker.stop({ timeoutMs: 100 })));
      await storage.close();
      await events.close();
    },
  };
}
