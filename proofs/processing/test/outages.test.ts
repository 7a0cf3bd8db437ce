import { consumeAll, EventBroker, type ProcessingStorage, subscription } from "@eventfold/processing";
import { StorageUnavailableError } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { withChanges } from "../src/changed-storage.ts";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

const down = () => new StorageUnavailableError("The storage is down.");

/** A storage of which every call fails while it is down. */
function failingStorage({ storage: adapter }: Stage, state: { isDown: boolean }) {
  const changes: Record<string, unknown> = {};
  const calls = [
    "register",
    "beginSession",
    "beat",
    "evict",
    "claim",
    "release",
    "saveCheckpoints",
    "report",
    "park",
    "status",
    "loadParked",
    "endSession",
  ] as const;
  for (const call of calls) {
    const { [call]: made } = adapter.storage;
    changes[call] = async (request: never) => {
      if (state.isDown) throw down();
      return Reflect.apply(made, adapter.storage, [request]);
    };
  }
  return withChanges(adapter, changes as Partial<ProcessingStorage>);
}

function thingsOf(stage: Stage, seen: SeenEvents, partitions = 2) {
  const source = stage.store.category("things");
  return subscription({ name: "things", source, partitions, handleEvent: (event) => seen.note(event) });
}

describe("a broker whose storage is down", () => {
  it("does not start, and starts when it is there again", async () => {
    await using stage = await openStage();
    const state = { isDown: true };
    const seen = new SeenEvents();
    const things = thingsOf(stage, seen);
    const broker = stage.broker({ storage: failingStorage(stage, state), subscriptions: [things] });
    await expect(broker.start()).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    expect(broker.status().state).toBe("waiting");
    state.isDown = false;
    await broker.start();
    await broker.whenHandled(things, await stage.publish(4, 4));
    expect(seen.all).toHaveLength(4);
  });

  it("goes on when it was down for a while, and loses nothing", async () => {
    await using stage = await openStage();
    const state = { isDown: false };
    const seen = new SeenEvents();
    const things = thingsOf(stage, seen);
    const broker = stage.broker({ leaseMs: 150, storage: failingStorage(stage, state), subscriptions: [things] });
    await broker.start();
    await broker.whenHandled(things, await stage.publish(10, 4));
    state.isDown = true;
    const meanwhile = await stage.publish(10, 4);
    await waitFor(() => stage.told.length > 3);
    expect(stage.told[0]).toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    state.isDown = false;
    await broker.whenHandled(things, meanwhile);
    await broker.stop();
    const { subscriptions } = await stage.storage.storage.status({ names: ["things"] });
    expect(subscriptions[0]?.status.map(({ checkpoint }) => checkpoint.sequenceNumber)).toEqual([20, 20]);
    expect(new Set(seen.numbers).size).toBe(20);
  });

  it("goes on after a claim whose reply was lost", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const things = thingsOf(stage, seen);
    let claims = 0;
    const claim: ProcessingStorage["claim"] = async (request) => {
      const claimed = await stage.storage.storage.claim(request);
      if (claims++ === 1) throw down();
      return claimed;
    };
    const first = stage.broker({ leaseMs: 300, subscriptions: [things] });
    await first.start();
    const storage = withChanges(stage.storage, { claim });
    const second = stage.broker({ leaseMs: 300, storage, subscriptions: [things] });
    await second.start();
    await waitFor(() => second.status().subscriptions[0]?.held.length === 1);
    await first.stop();
    await waitFor(() => second.status().subscriptions[0]?.held.length === 2);
    expect(claims).toBeGreaterThan(2);
    await second.whenHandled(things, await stage.publish(10, 10));
  });

  it("ends with the error when its storage was closed", async () => {
    await using stage = await openStage();
    const broker = stage.broker({ leaseMs: 100, subscriptions: [thingsOf(stage, new SeenEvents())] });
    await broker.start();
    await stage.storage.close();
    await expect(broker.done).rejects.toMatchObject({ code: "ADAPTER_CLOSED" });
    expect(broker.status().state).toBe("stopped");
  });
});

describe("EventBroker.stop", () => {
  it("may be called before a start, during it, and twice", async () => {
    await using stage = await openStage();
    const things = thingsOf(stage, new SeenEvents());
    const never = stage.broker({ subscriptions: [things] });
    await never.stop();
    await never.done;
    await expect(never.start()).rejects.toMatchObject({ code: "BROKER_STOPPED" });
    const broker = stage.broker({ subscriptions: [things] });
    const starting = broker.start();
    await Promise.all([broker.stop(), broker.stop(), starting]);
    expect(broker.status().state).toBe("stopped");
    const { sessions, subscriptions } = await stage.storage.storage.status({ names: undefined });
    expect(sessions).toEqual([]);
    expect(subscriptions[0]?.status.every(({ owner }) => owner === undefined)).toBe(true);
  });

  it("takes a time that is too long for a timer", async () => {
    await using stage = await openStage();
    for (const timeoutMs of [0.5, -1, Number.POSITIVE_INFINITY, Number.NaN]) {
      const broker = stage.broker({ subscriptions: [thingsOf(stage, new SeenEvents())] });
      await broker.start();
      await broker.stop({ timeoutMs });
      await broker.done;
    }
  });

  it("waits for what is in hand, but no longer than its time", async () => {
    await using stage = await openStage();
    const [event] = await stage.publish(1);
    const seen = new SeenEvents();
    const started = Promise.withResolvers<AbortSignal>();
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      handleEvent: async (handled, { signal }) => {
        started.resolve(signal);
        await new Promise(() => {});
        seen.note(handled);
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    const signal = await started.promise;
    await broker.stop({ timeoutMs: 20 });
    expect(signal.aborted).toBe(true);
    const after = thingsOf(stage, seen, 1);
    const next = stage.broker({ subscriptions: [after] });
    await next.start();
    await seen.count(1);
    expect(seen.all).toEqual([event]);
  });
});

describe("new EventBroker", () => {
  it("refuses what it cannot run", async () => {
    await using stage = await openStage();
    const { storage } = stage;
    const things = thingsOf(stage, new SeenEvents());
    const name = "worker";
    expect(() => new EventBroker({ name, storage, subscriptions: [] })).toThrow(RangeError);
    expect(() => new EventBroker({ name, storage, subscriptions: [things, things] })).toThrow("have the name");
    expect(() => new EventBroker({ name: "", storage, subscriptions: [things] })).toThrow(RangeError);
    expect(() => new EventBroker({ name, storage, subscriptions: [things], leaseMs: 1 })).toThrow(RangeError);
    // @ts-expect-error an adapter, not its storage
    expect(() => new EventBroker({ name, storage: storage.storage, subscriptions: [things] })).toThrow(TypeError);
    // @ts-expect-error a value made by subscription()
    expect(() => new EventBroker({ name, storage, subscriptions: [{ name: "things" }] })).toThrow(TypeError);
  });

  it("refuses to start with another source under a name", async () => {
    await using stage = await openStage();
    const things = thingsOf(stage, new SeenEvents());
    await stage.broker({ subscriptions: [things] }).start();
    const other = subscription({ name: "things", source: stage.store.log(), handleEvent: () => {} });
    await expect(stage.broker({ subscriptions: [other] }).start()).rejects.toMatchObject({
      code: "SUBSCRIPTION_MISMATCH",
      stored: { source: "category/things" },
      given: { source: "log" },
    });
  });
});

describe("consumeAll", () => {
  it("takes over from a node that was killed, and is refused by one that is living", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const things = thingsOf(stage, seen);
    await stage.publish(10, 4);
    await consumeAll(things, { storage: stage.storage });
    const { storage } = stage.storage;
    const { subscriptions } = await storage.status({ names: ["things"] });
    const [registered] = subscriptions;
    if (registered === undefined) throw new Error("It is stored.");
    const dead = { id: "0190f7c1-0000-7000-8000-00000000dead", name: "killed", leaseMs: 200 };
    await storage.beginSession(dead);
    const partitions = registered.status.map(({ partition, token }) => ({
      subscription: registered.id,
      partition,
      token,
    }));
    expect(await storage.claim({ session: dead.id, partitions })).toHaveLength(2);
    await stage.publish(10, 4);
    await consumeAll(things, { storage: stage.storage, leaseMs: 200 });
    expect(seen.numbers).toHaveLength(20);

    const broker = stage.broker({ leaseMs: 200, subscriptions: [things] });
    await broker.start();
    await expect(consumeAll(things, { storage: stage.storage })).rejects.toMatchObject({
      code: "SUBSCRIPTION_BUSY",
      nodes: ["node-1"],
    });
  });
});
