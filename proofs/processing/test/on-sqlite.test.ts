import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { EventBroker, subscription } from "@eventfold/processing";
import { EventStore } from "@eventfold/store";
import { expect, it } from "vitest";
import { SeenEvents } from "../src/seen-events.ts";

it("brokers handle the events of an SQLite database, and keep their checkpoints in it", async () => {
  const adapter = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
  const storage = await SqliteProcessingStorageAdapter.open({ shareWith: adapter });
  const store = new EventStore({ adapter });
  const category = store.category("things");
  const seen = new SeenEvents();
  const things = subscription({ name: "things", source: category, partitions: 3, handleEvent: (e) => seen.note(e) });
  const publish = async (rounds: number) => {
    for (let n = 0; n < rounds; n += 1) {
      const events = [{ name: "happened", payload: { n } }];
      await category.publish({ streams: Array.from({ length: 10 }, (_, s) => ({ stream: `s-${s}`, events })) });
    }
  };
  await publish(20);
  const brokers = ["a", "b"].map((name) => new EventBroker({ name, storage, leaseMs: 500, subscriptions: [things] }));
  const [first, second] = brokers;
  await first?.start();
  await second?.start();
  await publish(20);
  await first?.stop();
  await second?.whenCaughtUp(things);
  await second?.stop();
  expect(seen.all).toHaveLength(400);
  for (const events of Map.groupBy(seen.all, ({ stream }) => stream).values()) {
    expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 40 }, (_, n) => n));
  }
  await storage.close();
  await adapter.close();
});
