import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { EventBroker, subscription } from "@eventfold/processing";
import { EventStore } from "@eventfold/store";
import { fulfilmentOf } from "./fulfilment.ts";
import { shopIn } from "./shop.ts";

/** Opens the database of this file, or of this connection string. */
async function open(place: string) {
  if (place.startsWith("postgres")) {
    const events = await PostgresEventStorageAdapter.open({ connectionString: place });
    return { events, storage: await PostgresProcessingStorageAdapter.open({ shareWith: events }) };
  }
  const events = await SqliteEventStorageAdapter.open({ filename: place });
  return { events, storage: await SqliteProcessingStorageAdapter.open({ shareWith: events }) };
}

const [name = "worker-1", place = "shop.db"] = process.argv.slice(2);
const { events, storage } = await open(place);
const fulfilment = fulfilmentOf(shopIn(new EventStore({ adapter: events })));
const subscriptions = [subscription({ ...fulfilment, partitions: 8, concurrency: 4 })];
const broker = new EventBroker({ name, storage, subscriptions, logger: console });
await broker.start();
process.once("SIGTERM", () => void broker.stop());
await broker.done;
