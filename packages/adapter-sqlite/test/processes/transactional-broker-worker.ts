// Lets a broker whose handler has transactions work on the file until it is told to end, frozen, or killed.
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { EventStore } from "@eventfold/store";
import { deliveryWorkload, runBrokerWorker } from "@eventfold/testing/delivery";

await runBrokerWorker(async ({ data }) => {
  const events = await SqliteEventStorageAdapter.open({ filename: String(data) });
  const storage = await SqliteProcessingStorageAdapter.open({ shareWith: events });
  const close = async () => {
    await storage.close();
    await events.close();
  };
  const { subscription } = deliveryWorkload(new EventStore({ adapter: events }), { transactions: events });
  return { storage, subscription, close };
});
