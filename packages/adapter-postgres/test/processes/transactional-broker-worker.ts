// Lets a broker whose handler has transactions work on the database until it is told to end, frozen, or killed.
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { EventStore } from "@eventfold/store";
import { deliveryWorkload, runBrokerWorker } from "@eventfold/testing/delivery";

await runBrokerWorker(async ({ data }) => {
  const events = await PostgresEventStorageAdapter.open({ connectionString: String(data), maxConnections: 4 });
  const storage = await PostgresProcessingStorageAdapter.open({ shareWith: events });
  const close = async () => {
    await storage.close();
    await events.close();
  };
  const { subscription } = deliveryWorkload(new EventStore({ adapter: events }), { transactions: events });
  return { storage, subscription, close };
});
