// Lets a broker keep projections, in the database of the events or in another one, until it is told to end, frozen, or killed.
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { ProjectionStore } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";
import { projectionWorkload, runBrokerWorker } from "@eventfold/testing/delivery";

await runBrokerWorker(async ({ data }) => {
  const { connectionString, projectionsIn } = data as { connectionString: string; projectionsIn: string };
  const events = await PostgresEventStorageAdapter.open({ connectionString, maxConnections: 4 });
  const storage = await PostgresProcessingStorageAdapter.open({ shareWith: events });
  const isShared = projectionsIn === connectionString;
  const projections = await PostgresProjectionStorageAdapter.open(
    isShared ? { shareWith: events } : { connectionString: projectionsIn, maxConnections: 2 },
  );
  const close = async () => {
    await projections.close();
    await storage.close();
    await events.close();
  };
  const { subscription } = projectionWorkload({
    store: new EventStore({ adapter: events }),
    projectionStore: new ProjectionStore({ adapter: projections }),
    transactions: isShared ? events : undefined,
  });
  return { storage, subscription, close };
});
