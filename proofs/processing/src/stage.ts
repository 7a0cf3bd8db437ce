import { MemoryEventStorageAdapter, MemoryProcessingStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore } from "@eventfold/store";
import { type Brokers, brokersOn, type PublishThings, publisherOf } from "./brokers.ts";

/** A store, a processing storage, and brokers that are stopped in the end. */
export interface Stage extends Pick<Brokers, "told" | "broker"> {
  readonly store: EventStore;
  readonly storage: MemoryProcessingStorageAdapter;
  readonly publish: PublishThings;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens a stage in memory. */
export async function openStage(): Promise<Stage> {
  const events = await MemoryEventStorageAdapter.open();
  const storage = await MemoryProcessingStorageAdapter.open();
  const store = new EventStore({ adapter: events });
  const { told, broker, stopAll } = brokersOn(storage);
  return {
    store,
    storage,
    told,
    broker,
    publish: publisherOf(store),
    async [Symbol.asyncDispose]() {
      await stopAll();
      await storage.close();
      await events.close();
    },
  };
}
