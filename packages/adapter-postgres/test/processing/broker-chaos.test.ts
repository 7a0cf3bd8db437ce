import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { EventStore } from "@eventfold/store";
import { assertDelivery, deliveryWorkload, runBrokerChaos } from "@eventfold/testing/delivery";
import { describe, expect, it } from "vitest";
import { testServer } from "../test-server.ts";

const server = await testServer();
const { connectionString } = server;
const isSoak = process.env.EVENTFOLD_SOAK !== undefined;
const SIZES = isSoak ? { rounds: 20, publishes: 500 } : { rounds: 1, publishes: 12 };

describe("brokers of several processes on one database", () => {
  it(`deliver as they promise while they are killed and frozen, after ${SIZES.rounds} rounds`, {
    timeout: isSoak ? 3_600_000 : 180_000,
  }, async () => {
    await using events = await PostgresEventStorageAdapter.open({ connectionString });
    await using storage = await PostgresProcessingStorageAdapter.open({ shareWith: events });
    const { subscription, publish, log, effects } = deliveryWorkload(new EventStore({ adapter: events }));
    const { records, status } = await runBrokerChaos({
      script: new URL("../processes/broker-worker.ts", import.meta.url),
      execArgv: ["--conditions=eventfold-source"],
      data: connectionString,
      subscription: subscription.name,
      storage,
      publish,
      ...SIZES,
    });
    const promises = { effects: await effects() };
    const verdict = assertDelivery(records, { log: await log(), status, promises });
    expect(verdict.handled).toBe(promises.effects.length);
    expect(new Set(records.map(({ node }) => node)).size).toBe(3 + SIZES.rounds);
  });

  it(`handle exactly once in transactions while they are killed and frozen, after ${SIZES.rounds} rounds`, {
    timeout: isSoak ? 3_600_000 : 180_000,
  }, async () => {
    const another = await server.createDatabase();
    await using events = await PostgresEventStorageAdapter.open({ connectionString: another });
    await using storage = await PostgresProcessingStorageAdapter.open({ shareWith: events });
    const { subscription, publish, log, effects } = deliveryWorkload(new EventStore({ adapter: events }), {
      transactions: events,
    });
    const { records, status } = await runBrokerChaos({
      script: new URL("../processes/transactional-broker-worker.ts", import.meta.url),
      execArgv: ["--conditions=eventfold-source"],
      data: another,
      subscription: subscription.name,
      storage,
      publish,
      ...SIZES,
    });
    const promises = { effects: await effects(), transactions: true };
    const verdict = assertDelivery(records, { log: await log(), status, promises });
    expect(verdict.handled).toBe(promises.effects.length);
    expect(new Set(records.map(({ node }) => node)).size).toBe(3 + SIZES.rounds);
  });
});
