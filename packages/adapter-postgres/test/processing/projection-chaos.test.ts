import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { ProjectionStore } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";
import { assertDelivery, projectionWorkload, runBrokerChaos } from "@eventfold/testing/delivery";
import { describe, expect, it } from "vitest";
import { testServer } from "../test-server.ts";

const server = await testServer();
const isSoak = process.env.EVENTFOLD_SOAK !== undefined;
const SIZES = { rounds: 20, publishes: 500 };

const PLACES = [
  { where: "in another database", isShared: false },
  { where: "in the database of the events", isShared: true },
];

// Everyday, brokers of processes keep projections on SQLite.
describe.runIf(isSoak)("brokers of several processes that keep projections", () => {
  it.each(PLACES)(
    `$where fold each event once while they are killed and frozen, after ${SIZES.rounds} rounds`,
    { timeout: 3_600_000 },
    async ({ isShared }) => {
      const connectionString = await server.createDatabase();
      const projectionsIn = isShared ? connectionString : await server.createDatabase();
      await using events = await PostgresEventStorageAdapter.open({ connectionString });
      await using storage = await PostgresProcessingStorageAdapter.open({ shareWith: events });
      await using projections = await PostgresProjectionStorageAdapter.open({ connectionString: projectionsIn });
      const workload = projectionWorkload({
        store: new EventStore({ adapter: events }),
        projectionStore: new ProjectionStore({ adapter: projections }),
      });
      const { subscription, publish, partitionBy } = workload;
      const { records, status } = await runBrokerChaos({
        script: new URL("../processes/projection-broker-worker.ts", import.meta.url),
        execArgv: ["--conditions=eventfold-source"],
        data: { connectionString, projectionsIn },
        subscription: subscription.name,
        storage,
        publish,
        ...SIZES,
      });
      const [log, effects] = [await workload.log(), await workload.effects()];
      const verdict = assertDelivery(records, {
        log,
        status,
        promises: { effects, partitionBy, transactions: isShared },
      });
      expect([verdict.handled, effects.length]).toEqual([log.length, log.length]);
      expect(new Set(records.map(({ node }) => node)).size).toBe(3 + SIZES.rounds);
    },
  );
});
