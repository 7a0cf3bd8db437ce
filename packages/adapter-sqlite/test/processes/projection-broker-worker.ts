// Lets a broker keep projections, in the file of the events or in another one, until it is told to end, frozen, or killed.
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { ProjectionStore } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";
import { projectionWorkload, runBrokerWorker } from "@eventfold/testing/delivery";

await runBrokerWorker(async ({ data }) => {
  const { filename, projectionsIn } = data as { filename: string; projectionsIn: string };
  const events = await SqliteEventStorageAdapter.open({ filename });
  const storage = await SqliteProcessingStorageAdapter.open({ shareWith: events });
  const isShared = projectionsIn === filename;
  const projections = await SqliteProjectionStorageAdapter.open(
    isShared ? { shareWith: events } : { filename: projectionsIn },
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
