import { MemoryEventStorageAdapter, MemoryProcessingStorageAdapter } from "@eventfold/adapter-memory";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import {
  EventBroker,
  type EventBrokerOptions,
  type ProcessingStorageAdapter,
  type Transactional,
} from "@eventfold/processing";
import { type EventStorageAdapter, EventStore, type StoredEvent, type Transaction } from "@eventfold/store";

/** Events and processing in one database. */
export interface SharedAdapters {
  readonly events: EventStorageAdapter & Transactional<Transaction>;
  readonly storage: ProcessingStorageAdapter;
}

/** A store and a processing storage in one database, and brokers that are stopped in the end. */
export interface SharedStage extends SharedAdapters {
  readonly store: EventStore;
  /** What brokers told, in order. */
  readonly told: unknown[];
  broker(options: Pick<EventBrokerOptions, "subscriptions"> & Partial<EventBrokerOptions>): EventBroker;
  /** Publishes events, each to the next of some streams of the category `things`; in order. */
  publish(events: number, streams?: number): Promise<readonly StoredEvent[]>;
  /** Of the subscription `things`, by partition. */
  checkpoints(): Promise<readonly number[]>;
  /** The payloads of the category `effects`, in order. */
  effects(): Promise<readonly unknown[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens a stage on adapters, which it closes. */
export function stageOn({ events, storage }: SharedAdapters): SharedStage {
  const store = new EventStore({ adapter: events });
  const brokers: EventBroker[] = [];
  const told: unknown[] = [];
  let published = 0;
  return {
    events,
    storage,
    store,
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
    async checkpoints() {
      const { subscriptions } = await storage.storage.status({ names: ["things"] });
      return subscriptions[0]?.status.map(({ checkpoint }) => checkpoint.sequenceNumber) ?? [];
    },
    effects: async () => (await store.category("effects").read()).map(({ payload }) => payload),
    async [Symbol.asyncDispose]() {
      await Promise.all(brokers.map((broker) => broker.stop({ timeoutMs: 100 })));
      await storage.close();
      await events.close();
    },
  };
}

/** Opens events and processing in memory. */
export async function openInMemory(): Promise<SharedAdapters> {
  const events = await MemoryEventStorageAdapter.open();
  return { events, storage: await MemoryProcessingStorageAdapter.open({ shareWith: events }) };
}

/** Opens events and processing in a file. */
export async function openInFile(filename: string): Promise<SharedAdapters> {
  const events = await SqliteEventStorageAdapter.open({ filename });
  return { events, storage: await SqliteProcessingStorageAdapter.open({ shareWith: events }) };
}

/** Opens events and processing in a database of a server. */
export async function openOnServer(connectionString: string, maxConnections = 10): Promise<SharedAdapters> {
  const events = await PostgresEventStorageAdapter.open({ connectionString, maxConnections });
  return { events, storage: await PostgresProcessingStorageAdapter.open({ shareWith: events }) };
}
