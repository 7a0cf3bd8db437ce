import { setTimeout as delay } from "node:timers/promises";
import {
  type EventBroker,
  exponentialBackoff,
  ProcessingControl,
  type ProcessingStorage,
  retry,
  type Subscription,
  type SubscriptionLag,
  subscription,
} from "@eventfold/processing";
import { nameIn, type StoredEvent } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { withChanges } from "../src/changed-storage.ts";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

const heldBy = (broker: EventBroker) => broker.status().subscriptions[0]?.held.length ?? 0;

/** A subscription of four partitions, whose node is as healthy as it is told. */
function checkedThings(stage: Stage, seen: SeenEvents, checkHealth?: () => unknown) {
  const source = stage.store.category("things");
  const handleEvent = (event: StoredEvent) => seen.note(event);
  return subscription({ name: "things", source, partitions: 4, checkHealth, handleEvent });
}

/** How many subscriptions a node says it has handlers for, by which partitions are dealt out. */
async function offersOf({ storage }: Stage, node: string): Promise<number | undefined> {
  const { sessions } = await storage.storage.status({ names: [] });
  return sessions.find(({ name }) => name === node)?.subscriptions.length;
}

/** The lag once only the partition of the stream that is stuck has events to handle: 6 of it, or all 12 when the other stream shares it. */
async function settledLag(control: ProcessingControl, things: Subscription): Promise<SubscriptionLag> {
  for (;;) {
    const lag = await control.lag(things);
    const events = lag.partitions.map((partition) => partition.events);
    if (Math.min(...events) === 0 && [6, 12].includes(Math.max(...events))) return lag;
    await delay(5);
  }
}

describe("EventBroker.health", () => {
  it("tells whether the broker runs", async () => {
    await using stage = await openStage();
    const broker = stage.broker({ subscriptions: [checkedThings(stage, new SeenEvents())] });
    expect(broker.health()).toEqual({
      name: "node-1",
      isHealthy: false,
      problem: "The broker is not started.",
      subscriptions: [],
    });
    await broker.start();
    expect(broker.health()).toEqual({
      name: "node-1",
      isHealthy: true,
      problem: undefined,
      subscriptions: [{ name: "things", isHealthy: true, problem: undefined }],
    });
    await broker.stop();
    expect(broker.health()).toMatchObject({ isHealthy: false, problem: "The broker is stopped." });
  });

  it("says when the storage has received no sign of life for the length of a lease", async () => {
    await using stage = await openStage();
    const hanging = Promise.withResolvers<void>();
    let isHanging = false;
    const beat: ProcessingStorage["beat"] = async (request) => {
      if (isHanging) await hanging.promise;
      return stage.storage.storage.beat(request);
    };
    const storage = withChanges(stage.storage, { beat });
    const broker = stage.broker({
      storage,
      leaseMs: 100,
      subscriptions: [checkedThings(stage, new SeenEvents())],
    });
    await broker.start();
    isHanging = true;
    await waitFor(() => !broker.health().isHealthy);
    expect(broker.health().problem).toBe("The last sign of life that the storage took is older than 100 ms.");
    isHanging = false;
    hanging.resolve();
    await waitFor(() => broker.health().isHealthy);
  });

  it("says which partition is paused, and why", async () => {
    await using stage = await openStage();
    await stage.publish(1);
    const source = stage.store.category("things");
    const things = subscription({
      name: "things",
      source,
      onFailure: retry({ times: 0 }).then("pause"),
      handleEvent: () => {
        throw new Error("not this one");
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await waitFor(() => !broker.health().isHealthy);
    expect(broker.health().subscriptions).toEqual([
      { name: "things", isHealthy: false, problem: "The partition 0 is paused. Error: not this one" },
    ]);
  });
});

describe("an error that was overcome", () => {
  /** Things whose handler fails once. */
  async function openRecovered() {
    const stage = await openStage();
    const failing = new Set(["first", "second"]);
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      onFailure: retry({ times: 1, backoff: exponentialBackoff({ firstMs: 1, longestMs: 2 }) }).then("pause"),
      handleEvent: ({ sequenceNumber }) => {
        if (sequenceNumber === 1 && failing.delete("first")) throw new Error("once.");
        if (sequenceNumber === 2 && failing.has("second")) throw new Error("ever.");
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenHandled(things, await stage.publish(1));
    return { stage, things, broker, failing };
  }

  it("is not shown any more, and is not given as the reason of a pause", async () => {
    const { stage, things, broker } = await openRecovered();
    await using _ = stage;
    expect(stage.told).toEqual([new Error("once.")]);
    expect(broker.status().subscriptions[0]?.held[0]).toMatchObject({ state: "live", error: undefined });
    const control = new ProcessingControl({ storage: stage.storage });
    await control.pause("things");
    await waitFor(() => !broker.health().isHealthy);
    expect(broker.health().subscriptions[0]?.problem).toBe("The partition 0 is paused on request.");
    await expect(broker.whenHandled(things, await stage.publish(1))).rejects.toMatchObject({
      reason: undefined,
      message:
        'The partition 0 of the subscription "things" is paused on request. Resume it with ProcessingControl.resume.',
    });
  });

  it("is shown while it pauses the partition, whatever is asked of that meanwhile", async () => {
    const { stage, things, broker, failing } = await openRecovered();
    await using _ = stage;
    const paused = {
      reason: "Error: ever.",
      message:
        'The partition 0 of the subscription "things" is paused: Error: ever. Make its handler succeed, then resume it with ProcessingControl.resume.',
    };
    const published = await stage.publish(1);
    await expect(broker.whenHandled(things, published)).rejects.toMatchObject(paused);
    const control = new ProcessingControl({ storage: stage.storage });
    await control.pause("things");
    await control.whenCarriedOut("things");
    await expect(broker.whenHandled("things", published)).rejects.toMatchObject(paused);
    expect(broker.health().subscriptions[0]?.problem).toBe("The partition 0 is paused. Error: ever.");
    failing.clear();
    await control.resume("things");
    await broker.whenHandled(things, published);
    expect(broker.status().subscriptions[0]?.held[0]?.error).toBeUndefined();
  });
});

describe("a node whose health check fails", () => {
  it("lets another node have its partitions, without a repeat, and takes its share again later", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    let isHealthy = true;
    const ill = checkedThings(stage, seen, () => {
      if (!isHealthy) throw new Error("no mail server");
    });
    const first = stage.broker({ leaseMs: 150, subscriptions: [ill] });
    const second = stage.broker({ leaseMs: 150, subscriptions: [checkedThings(stage, seen)] });
    await first.start();
    await second.start();
    await waitFor(() => heldBy(first) === 2 && heldBy(second) === 2);
    await stage.publish(40, 10);
    isHealthy = false;
    await waitFor(() => heldBy(first) === 0 && heldBy(second) === 4);
    await waitFor(async () => (await offersOf(stage, "node-1")) === 0);
    expect(first.health()).toMatchObject({
      isHealthy: false,
      problem: undefined,
      subscriptions: [{ name: "things", isHealthy: false, problem: "The health check failed. Error: no mail server" }],
    });
    expect(first.status().state).toBe("waiting");
    expect(stage.told).toEqual([new Error("The health check failed. Error: no mail server")]);
    await stage.publish(40, 10);
    isHealthy = true;
    await waitFor(() => heldBy(first) === 2 && heldBy(second) === 2);
    expect(first.health().isHealthy).toBe(true);
    const last = await stage.publish(40, 10);
    await first.whenHandled(ill, last);
    expect(seen.numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, n) => n + 1));
  });

  it("holds no partition before the check has succeeded, nor after it fails when there is no other node", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    let isHealthy = false;
    const things = checkedThings(stage, seen, () => isHealthy);
    await stage.publish(10, 5);
    const broker = stage.broker({ leaseMs: 100, subscriptions: [things] });
    await broker.start();
    expect(await offersOf(stage, "node-1")).toBe(0);
    await waitFor(() => broker.health().subscriptions[0]?.problem === "The health check answered false.");
    expect([heldBy(broker), seen.all.length]).toEqual([0, 0]);
    isHealthy = true;
    await broker.whenCaughtUp(things);
    isHealthy = false;
    await waitFor(() => heldBy(broker) === 0);
    const { subscriptions } = await stage.storage.storage.status({ names: ["things"] });
    expect(subscriptions[0]?.status.map(({ owner }) => owner)).toEqual([undefined, undefined, undefined, undefined]);
    expect(seen.all).toHaveLength(10);
  });

  it("begins as soon as the check has succeeded, and does not wait for a beat", async () => {
    await using stage = await openStage();
    const things = checkedThings(stage, new SeenEvents(), () => {});
    const broker = stage.broker({ leaseMs: 3_600_000, subscriptions: [things] });
    await broker.start();
    await waitFor(() => heldBy(broker) === 4);
  });

  it("is unhealthy when the check does not answer in time, and aborts the check", async () => {
    await using stage = await openStage();
    const asked: AbortSignal[] = [];
    const source = stage.store.category("things");
    const things = subscription({
      name: "things",
      source,
      handleEvent: () => {},
      checkHealth: ({ signal }) => {
        asked.push(signal);
        return new Promise(() => {});
      },
    });
    const broker = stage.broker({ leaseMs: 100, subscriptions: [things] });
    await broker.start();
    expect(broker.health().subscriptions[0]?.problem).toBe("The health check has not answered yet.");
    await waitFor(() => asked[0]?.aborted === true);
    expect(broker.health().subscriptions[0]?.problem).toBe("The health check has not answered within 100 ms.");
  });

  it("is refused when the check is not a function", async () => {
    await using stage = await openStage();
    expect(() => checkedThings(stage, new SeenEvents(), true as never)).toThrow(TypeError);
  });
});

describe("ProcessingControl.whenHandled", () => {
  it("waits for events from a process without a broker, by the name or by the subscription", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const things = checkedThings(stage, seen);
    const broker = stage.broker({ leaseMs: 150, subscriptions: [things] });
    await broker.start();
    const control = new ProcessingControl({ storage: stage.storage });
    for (const to of ["things", things]) {
      const published = await stage.publish(20, 10);
      await control.whenHandled(to, published, { timeoutMs: 30_000 });
      expect(seen.numbers).toEqual(expect.arrayContaining(published.map(({ sequenceNumber }) => sequenceNumber)));
    }
    const abort = new AbortController();
    await broker.stop();
    const published = await stage.publish(1);
    const waiting = control.whenHandled(things, published, { signal: abort.signal });
    abort.abort(new Error("no longer wanted"));
    await expect(waiting).rejects.toThrow("no longer wanted");
    await expect(control.whenHandled(things, published, { timeoutMs: 20 })).rejects.toMatchObject({
      code: "WAIT_TIMED_OUT",
    });
    await control.pause("things");
    await expect(control.whenHandled(things, published)).rejects.toMatchObject({ code: "PARTITION_PAUSED" });
  });

  it("waits for a subscription that is not stored yet, as long as it may", async () => {
    await using stage = await openStage();
    const things = checkedThings(stage, new SeenEvents());
    const control = new ProcessingControl({ storage: stage.storage });
    const published = await stage.publish(3);
    for (const to of ["things", things]) {
      await expect(control.whenHandled(to, published, { timeoutMs: 20 })).rejects.toMatchObject({
        code: "WAIT_TIMED_OUT",
        timeoutMs: 20,
      });
    }
    const waiting = ["things", things].map((to) => control.whenHandled(to, published));
    await stage.broker({ subscriptions: [things] }).start();
    await Promise.all(waiting);
  });

  it("needs the subscription where only that knows the keys of events", async () => {
    await using stage = await openStage();
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      partitions: 3,
      partitionBy: ({ stream }) => stream.slice(-1),
      handleEvent: () => {},
    });
    const control = new ProcessingControl({ storage: stage.storage });
    await stage.broker({ leaseMs: 150, subscriptions: [things] }).start();
    const published = await stage.publish(10, 10);
    await expect(control.whenHandled("things", published)).rejects.toThrow("give the subscription");
    await control.whenHandled(things, published);
  });
});

describe("ProcessingControl.lag", () => {
  it("counts the events still to be handled, up to the horizon, and gives the age of the oldest", async () => {
    await using stage = await openStage();
    const isOpen = Promise.withResolvers<void>();
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      constraints: [nameIn("happened")],
      partitions: 2,
      handleEvent: async ({ stream }) => {
        if (stream === "thing-0") await isOpen.promise;
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    const published = await stage.publish(12, 2);
    const control = new ProcessingControl({ storage: stage.storage });
    const lag = await settledLag(control, things);
    expect(lag).toMatchObject({ horizon: 12, isComplete: true });
    const behind = lag.partitions.find(({ events }) => events > 0);
    expect([6, 12]).toContain(behind?.events);
    expect(behind?.numbers).toBe(12);
    expect(behind?.oldestMs).toBeGreaterThanOrEqual(0);
    expect(behind?.oldestMs).toBeLessThanOrEqual(Date.now() - (published[0]?.observedAt.getTime() ?? 0));
    isOpen.resolve();
    await control.whenHandled(things, published);
    expect((await control.lag(things)).partitions.map(({ events, oldestMs }) => [events, oldestMs])).toEqual([
      [0, undefined],
      [0, undefined],
    ]);
  });

  it("counts no further than 10,000", async () => {
    await using stage = await openStage();
    const category = stage.store.category("things");
    const events = Array.from({ length: 1_000 }, (_, n) => ({ name: "happened", payload: { n } }));
    for (let n = 0; n < 11; n += 1) await category.publish({ streams: [{ stream: "thing", events }] });
    const things = subscription({
      name: "things",
      source: category,
      handleEvent: () => new Promise<void>(() => {}),
    });
    const broker = stage.broker({ leaseMs: 100, subscriptions: [things] });
    await broker.start();
    const control = new ProcessingControl({ storage: stage.storage });
    expect(await control.lag(things)).toMatchObject({
      horizon: 11_000,
      isComplete: false,
      partitions: [{ partition: 0, numbers: 10_000, events: 10_000 }],
    });
    // The broker reads no further than it can keep, and learns by its beats how far its source goes.
    await waitFor(() => broker.status().subscriptions[0]?.held[0]?.lag.numbers === 10_000);
  });
});
