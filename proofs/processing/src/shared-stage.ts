import { MemoryEventStorageAdapter, MemoryProcessingStorageAdapter } from "@eventfold/adapter-memory";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import type { ProcessingStorageAdapter, Transactional } from "@eventfold/processing";
import { type EventStorageAdapter, EventStore, type Transaction } from "@eventfold/store";
import { type Brokers, brokersOn, type PublishThings, publisherOf } from "./brokers.ts";

/** Events and processing in one database. */
export interface SharedAdapters {
  readonly events: EventStorageAdapter & Transactional<Transaction>;
  readonly storage: ProcessingStorageAdapter;
}

/** A store and a processing storage in one database, and brokers that are stopped in the end. */
export interface SharedStage extends SharedAdapters, Pick<Brokers, "told" | "broker"> {
  readonly store: EventStore;
  readonly publish: PublishThings;
  /** Of the subscription `things`, by partition. */
  checkpoints(): Promise<readonly number[]>;
  /** The payloads of the category `effects`, in order. */
  effects(): Promise<readonly unknown[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens a stage on adapters, which it closes. */
export function stageOn({ events, storage }: SharedAdapters): SharedStage {
  const store = new EventStore({ adapter: events });
  const { told, broker, stopAll } = brokersOn(storage);
  return {
    events,
    storage,
    store,
    told,
    broker,
    publish: publisherOf(store),
    async checkpoints() {
      const { subscriptions } = await storage.storage.status({ names: ["things"] });
      return subscriptions[0]?.status.map(({ checkpoint }) => checkpoint.sequenceNumber) ?? [];
    },
    effects: async () => (await store.category("effects").read()).map(({ payload }) => payload),
    async [Symbol.asyncDispose]() {
      await stopAll();
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
