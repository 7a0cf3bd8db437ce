import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { EventStore } from "@eventfold/store";
import { assertDelivery, deliveryWorkload, runBrokerChaos } from "@eventfold/testing/delivery";
import { startPostgres } from "@eventfold/testing/postgres";
import { describe, expect, it } from "vitest";
import {
  cutConnections,
  freezeAndWake,
  freezeStandby,
  type Harm,
  interruptWaits,
  kill,
  killStandby,
  partition,
  promoteByHand,
} from "../cluster-harms.ts";

const HARMS: readonly Harm[] = [
  kill,
  partition,
  interruptWaits,
  freezeAndWake,
  killStandby,
  promoteByHand,
  freezeStandby,
  cutConnections,
];

/** It starts three servers and eight brokers, so not every day. */
describe.runIf(process.env.EVENTFOLD_SOAK)("brokers of several processes on a cluster", () => {
  it("deliver as they promise while they are killed and frozen, and servers are lost", {
    timeout: 3_600_000,
  }, async () => {
    await using cluster = await startPostgres({
      standbys: 2,
      synchronous: "any 1",
      settings: { max_connections: 300 },
    });
    const { connectionString } = cluster;
    await using events = await PostgresEventStorageAdapter.open({ connectionString });
    await using storage = await PostgresProcessingStorageAdapter.open({ shareWith: events });
    const { subscription, publish, log, effects } = deliveryWorkload(new EventStore({ adapter: events }));
    let strikes = 0;
    const { records, status } = await runBrokerChaos({
      script: new URL("../processes/broker-worker.ts", import.meta.url),
      execArgv: ["--conditions=eventfold-source"],
      data: connectionString,
      subscription: subscription.name,
      storage,
      publish,
      strike: async () => HARMS[strikes++ % HARMS.length]?.(cluster),
      workers: 8,
      rounds: HARMS.length,
      publishes: 20,
    });
    const verdict = assertDelivery(records, { log: await log(), status, promises: { effects: await effects() } });
    expect(verdict.handled).toBeGreaterThan(0);
    expect(strikes).toBe(HARMS.length);
  });
});
