import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { EventStore } from "@eventfold/store";
import { assertDelivery, deliveryWorkload, runBrokerChaos } from "@eventfold/testing/delivery";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freshFolder } from "../fresh-folder.ts";
import { IS_SOAK } from "../sizes.ts";

const SIZES = IS_SOAK ? { rounds: 20, publishes: 500 } : { rounds: 1, publishes: 20 };

describe("brokers of several processes on one file", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  beforeEach(async () => {
    folder = await freshFolder();
  });
  afterEach(() => folder.dispose());

  it(`deliver as they promise while they are killed and frozen, after ${SIZES.rounds} rounds`, {
    timeout: IS_SOAK ? 3_600_000 : 180_000,
  }, async () => {
    const filename = join(folder.path, "events.db");
    await using events = await SqliteEventStorageAdapter.open({ filename });
    await using storage = await SqliteProcessingStorageAdapter.open({ shareWith: events });
    const { subscription, publish, log, effects } = deliveryWorkload(new EventStore({ adapter: events }));
    const { records, status } = await runBrokerChaos({
      script: new URL("../processes/broker-worker.ts", import.meta.url),
      execArgv: ["--conditions=eventfold-source"],
      data: filename,
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
    timeout: IS_SOAK ? 3_600_000 : 180_000,
  }, async () => {
    const filename = join(folder.path, "events.db");
    await using events = await SqliteEventStorageAdapter.open({ filename });
    await using storage = await SqliteProcessingStorageAdapter.open({ shareWith: events });
    const { subscription, publish, log, effects } = deliveryWorkload(new EventStore({ adapter: events }), {
      transactions: events,
    });
    const { records, status } = await runBrokerChaos({
      script: new URL("../processes/transactional-broker-worker.ts", import.meta.url),
      execArgv: ["--conditions=eventfold-source"],
      data: filename,
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
