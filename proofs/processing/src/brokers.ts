import { EventBroker, type EventBrokerOptions, type ProcessingStorageAdapter } from "@eventfold/processing";
import type { EventStore, StoredEvent } from "@eventfold/store";

/** Brokers of one storage, which are stopped together. */
export interface Brokers {
  /** What they told, in order. */
  readonly told: unknown[];
  /** Makes another one. */
  broker(options: Pick<EventBrokerOptions, "subscriptions"> & Partial<EventBrokerOptions>): EventBroker;
  stopAll(): Promise<void>;
}

export function brokersOn(storage: ProcessingStorageAdapter): Brokers {
  const brokers: EventBroker[] = [];
  const told: unknown[] = [];
  return {
    told,
    broker(options) {
      const onError = (error: unknown) => told.push(error);
      const broker = new EventBroker({ name: `node-${brokers.length + 1}`, storage, onError, ...options });
      brokers.push(broker);
      return broker;
    },
    async stopAll() {
      await Promise.all(brokers.map((broker) => broker.stop({ timeoutMs: 100 })));
    },
  };
}

/** Publishes events, each to the next of some streams of the category `things`; in order. */
export type PublishThings = (events: number, streams?: number) => Promise<readonly StoredEvent[]>;

/** Publishes to one store; the events are numbered in each call. */
export function publisherOf(store: EventStore): PublishThings {
  let published = 0;
  return async (count, streams = 1) => {
    const stored: StoredEvent[] = [];
    for (let n = 0; n < count; n += 1) {
      const stream = store.stream({ category: "things", stream: `thing-${published++ % streams}` });
      stored.push(...(await stream.publish({ events: [{ name: "happened", payload: { n } }] })));
    }
    return stored;
  };
}
