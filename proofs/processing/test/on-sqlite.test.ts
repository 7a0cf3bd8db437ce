import { MemoryProcessingStorageAdapter } from "@eventfold/adapter-memory";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { EventBroker, subscription } from "@eventfold/processing";
import { EventStore } from "@eventfold/store";
import { expect, it } from "vitest";
import { SeenEvents } from "../src/seen-events.ts";

it("a broker handles the events of a SQLite file", async () => {
  const adapter = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
  const storage = await MemoryProcessingStorageAdapter.open();
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
  const broker = new EventBroker({ name: "node", storage, subscriptions: [things] });
  await broker.start();
  await publish(20);
  await broker.whenCaughtUp(things);
  await broker.stop();
  expect(seen.all).toHaveLength(400);
  for (const events of Map.groupBy(seen.all, ({ stream }) => stream).values()) {
    expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 40 }, (_, n) => n));
  }
  await storage.close();
  await adapter.close();
});
