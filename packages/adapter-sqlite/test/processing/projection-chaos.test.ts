import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { ProjectionStore } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";
import { assertDelivery, projectionWorkload, runBrokerChaos } from "@eventfold/testing/delivery";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freshFolder } from "../fresh-folder.ts";
import { IS_SOAK } from "../sizes.ts";

const SIZES = IS_SOAK ? { rounds: 20, publishes: 500 } : { rounds: 1, publishes: 20 };

const PLACES = [
  { where: "in the file of the events", file: "events.db" },
  ...(IS_SOAK ? [{ where: "in another file", file: "projections.db" }] : []),
];

describe("brokers of several processes that keep projections", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  beforeEach(async () => {
    folder = await freshFolder();
  });
  afterEach(() => folder.dispose());

  it.each(PLACES)(
    `$where fold each event once while they are killed and frozen, after ${SIZES.rounds} rounds`,
    { timeout: IS_SOAK ? 3_600_000 : 180_000 },
    async ({ file }) => {
      const [filename, projectionsIn] = [join(folder.path, "events.db"), join(folder.path, file)];
      await using events = await SqliteEventStorageAdapter.open({ filename });
      await using storage = await SqliteProcessingStorageAdapter.open({ shareWith: events });
      await using projections = await SqliteProjectionStorageAdapter.open({ filename: projectionsIn });
      const isShared = filename === projectionsIn;
      const workload = projectionWorkload({
        store: new EventStore({ adapter: events }),
        projectionStore: new ProjectionStore({ adapter: projections }),
      });
      const { subscription, publish, partitionBy } = workload;
      const { records, status } = await runBrokerChaos({
        script: new URL("../processes/projection-broker-worker.ts", import.meta.url),
        execArgv: ["--conditions=eventfold-source"],
        data: { filename, projectionsIn },
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
