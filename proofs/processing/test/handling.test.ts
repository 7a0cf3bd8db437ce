import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { consumeAll, SubscriptionBusyError, subscription } from "@eventfold/processing";
import { eventIdFrom, eventsMatch, nameIn } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

const numbersOf = (events: readonly StoredEvent[]) => events.map(({ sequenceNumber }) => sequenceNumber);

async function checkpointsOf({ storage }: Stage, name = "things"): Promise<readonly number[]> {
  const { subscriptions } = await storage.storage.status({ names: [name] });
  return subscriptions[0]?.status.map(({ checkpoint }) => checkpoint.sequenceNumber) ?? [];
}

/** Whether the events of every stream come in order. */
function areInOrder(events: readonly StoredEvent[]): boolean {
  const last = new Map<string, number>();
  return events.every(({ stream, position }) => {
    const isNext = position > (last.get(stream) ?? -1);
    last.set(stream, position);
    return isNext;
  });
}

describe("a broker", () => {
  it("handles earlier and later events once and in order", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const before = await stage.publish(250);
    const source = stage.store.category("things");
    const things = subscription({ name: "things", source, handleEvent: (event) => seen.note(event) });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    expect(seen.numbers).toEqual(numbersOf(before));
    const after = await stage.publish(3);
    await broker.whenHandled(things, after);
    expect(seen.all.slice(250)).toEqual(after);
    await waitFor(() => broker.status().state === "live");
    expect(broker.status()).toMatchObject({ subscriptions: [{ name: "things", state: "live" }] });
    await broker.stop();
    await broker.done;
    expect(await checkpointsOf(stage)).toEqual([253]);
  });

  it("goes on from where it was when it starts again", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const source = stage.store.category("things");
    const things = subscription({ name: "things", source, partitions: 4, handleEvent: (event) => seen.note(event) });
    for (let round = 1; round <= 3; round += 1) {
      const published = await stage.publish(40, 10);
      const broker = stage.broker({ name: "worker", subscriptions: [things] });
      await broker.start();
      await broker.whenHandled(things, published);
      await broker.stop();
    }
    expect(numbersOf(seen.all).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, n) => n + 1));
    expect(areInOrder(seen.all)).toBe(true);
  });

  it("leaves out what the constraints leave out, and moves its checkpoint past it", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const things = subscription({
      name: "things",
      source: stage.store.log(),
      constraints: [nameIn("wanted")],
      checkpoint: { everyMs: 10 },
      handleEvent: (event) => seen.note(event),
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenHandled(things, await stage.publish(20));
    const wanted = await stage.store
      .stream({ category: "others", stream: "o-1" })
      .publish({ events: [{ name: "wanted", payload: null }] });
    await broker.whenHandled(things, wanted);
    await broker.whenHandled(things, await stage.publish(20));
    expect(seen.all).toEqual(wanted);
    await waitFor(async () => (await checkpointsOf(stage))[0] === 41);
  });

  it("handles the events of a query, of every stream, and moves its checkpoint past the others", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const things = subscription({
      name: "things",
      source: stage.store.log(),
      constraints: [eventsMatch({ tags: ["course:c1"] }, { names: ["closed"], tags: ["hall"] })],
      checkpoint: { everyMs: 10 },
      handleEvent: (event) => seen.note(event),
    });
    const publish = (name: string, ...tags: readonly string[]) =>
      stage.store.stream({ category: name, stream: "s" }).publish({ events: [{ name, payload: null, tags }] });
    const before = await publish("enrolled", "course:c1", "student:s9");
    await publish("enrolled", "course:c2");
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    await publish("opened", "hall");
    const closed = await publish("closed", "hall");
    const late = await publish("left", "student:s9", "course:c1");
    await broker.whenHandled(things, await stage.publish(5));
    expect(seen.all).toEqual([...before, ...closed, ...late]);
    await waitFor(async () => (await checkpointsOf(stage))[0] === 10);
  });

  it("handles as many streams at once as allowed, each in order", async () => {
    await using stage = await openStage();
    await stage.publish(200, 8);
    const seen = new SeenEvents();
    const atWork = new Set<string>();
    let most = 0;
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      concurrency: 5,
      handleEvent: async (event) => {
        expect(atWork.has(event.stream)).toBe(false);
        atWork.add(event.stream);
        most = Math.max(most, atWork.size);
        await new Promise(setImmediate);
        atWork.delete(event.stream);
        seen.note(event);
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(most).toBe(5);
    expect(seen.all).toHaveLength(200);
    expect(areInOrder(seen.all)).toBe(true);
    expect(await checkpointsOf(stage)).toEqual([200]);
  });

  it("keeps the checkpoint below the first unfinished event, however far others have come", async () => {
    await using stage = await openStage();
    await stage.publish(300, 10);
    const seen = new SeenEvents();
    const held = Promise.withResolvers<void>();
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      concurrency: 4,
      checkpoint: { everyEvents: 1 },
      handleEvent: async (event) => {
        if (event.sequenceNumber === 21) await held.promise;
        seen.note(event);
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await seen.count(20 + 9 * 28); // all but the rest of the stream of number 21
    await waitFor(async () => (await checkpointsOf(stage))[0] === 20);
    expect(seen.numbers).not.toContain(31);
    held.resolve();
    await broker.whenCaughtUp(things);
    expect(areInOrder(seen.all)).toBe(true);
  });

  it("saves no checkpoint because it has to wait for the next page", async () => {
    await using stage = await openStage();
    await stage.publish(3_000);
    let saves = 0;
    const count = () => {
      saves += 1;
    };
    subscribe("tracing:eventfold:checkpoint:start", count);
    const source = stage.store.category("things");
    const checkpoint = { everyEvents: 10_000, everyMs: 86_400_000 };
    await consumeAll(subscription({ name: "things", source, checkpoint, handleEvent: () => {} }), {
      storage: stage.storage,
    });
    unsubscribe("tracing:eventfold:checkpoint:start", count);
    expect(await checkpointsOf(stage)).toEqual([3_000]);
    expect(saves).toBe(1);
  });

  it("finishes what it has in hand before it gives a partition back, so that nothing is repeated", async () => {
    await using stage = await openStage();
    await stage.publish(60, 2);
    const seen = new SeenEvents();
    const held = Promise.withResolvers<void>();
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      concurrency: 2,
      handleEvent: async (event) => {
        if (event.sequenceNumber === 1) await held.promise;
        seen.note(event);
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await seen.count(30); // the other stream is done, far beyond the first event
    const stopping = broker.stop();
    held.resolve();
    await stopping;
    await consumeAll(things, { storage: stage.storage });
    expect(seen.all).toHaveLength(60);
    expect(areInOrder(seen.all)).toBe(true);
  });

  it("assigns events to partitions by stream, or by the given key", async () => {
    await using stage = await openStage();
    const published = await stage.publish(100, 20);
    const partitions = new Map<string, Set<number>>();
    const byStream = subscription({
      name: "by-stream",
      source: stage.store.category("things"),
      partitions: 8,
      handleEvent: ({ stream }, { partition }) => {
        partitions.set(stream, (partitions.get(stream) ?? new Set()).add(partition));
      },
    });
    await consumeAll(byStream, { storage: stage.storage });
    expect([...partitions.values()].every(({ size }) => size === 1)).toBe(true);
    expect(new Set([...partitions.values()].flatMap((own) => [...own])).size).toBeGreaterThan(1);
    const seen = new SeenEvents();
    const byKey = subscription({
      name: "by-key",
      source: stage.store.category("things"),
      partitions: 8,
      partitionBy: () => "all the same",
      handleEvent: (event) => seen.note(event),
    });
    await consumeAll(byKey, { storage: stage.storage });
    expect(seen.all).toEqual(published);
  });

  it("begins where the subscription says, and decides this only once", async () => {
    await using stage = await openStage();
    const published = await stage.publish(10);
    const source = stage.store.category("things");
    const fifth = published[4]?.observedAt ?? new Date(0);
    const starts = [
      { startFrom: "beginning", first: 1 },
      { startFrom: { sequenceNumber: 4 }, first: 4 },
      { startFrom: { observedAt: fifth }, first: published.findIndex(({ observedAt }) => observedAt >= fifth) + 1 },
      { startFrom: { observedAt: new Date("9999-01-01") }, first: 11 },
      { startFrom: "end", first: 11 },
    ] as const;
    for (const [n, { startFrom, first }] of starts.entries()) {
      const seen = new SeenEvents();
      const handleEvent = (event: StoredEvent) => seen.note(event);
      const things = subscription({ name: `start-${n}`, source, startFrom, handleEvent });
      const broker = stage.broker({ subscriptions: [things] });
      await broker.start();
      await broker.whenCaughtUp(things);
      expect(seen.numbers[0] ?? 11).toBe(first);
      await broker.stop();
    }
    const seen = new SeenEvents();
    const again = subscription({ name: "start-4", source, startFrom: "beginning", handleEvent: (e) => seen.note(e) });
    const more = await stage.publish(1);
    await consumeAll(again, { storage: stage.storage });
    expect(seen.all).toEqual(more);
  });

  it("derives the same event ids in every try, and different ones for every event", async () => {
    await using stage = await openStage();
    const [event] = await stage.publish(1);
    const ids: string[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      handleEvent: (_, { eventId }) => {
        ids.push(eventId(0), eventId(1));
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(ids).toEqual([0, 1].map((n) => eventIdFrom("things", event?.id ?? "", n)));
  });

  it("handles what a handler publishes to its own source", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const source = stage.store.category<{ counted: { n: number } }>("counts");
    const counting = subscription({
      name: "counting",
      source,
      handleEvent: async (event, { eventId }) => {
        const { n } = event.payload;
        const next = { id: eventId(0), name: "counted", payload: { n: n + 1 } } as const;
        if (n < 30) await source.stream("c-1").publish({ events: [next] });
        seen.note(event);
      },
    });
    const broker = stage.broker({ subscriptions: [counting] });
    await broker.start();
    const published = await source.stream("c-1").publish({ events: [{ name: "counted", payload: { n: 1 } }] });
    await broker.whenHandled(counting, published);
    await seen.count(30);
    expect(seen.all.map(({ position }) => position)).toEqual(Array.from({ length: 30 }, (_, n) => n));
  });
});

describe("handleBatch", () => {
  it("is given batches in order, no larger than it wants", async () => {
    await using stage = await openStage();
    const published = await stage.publish(105);
    const batches: (readonly StoredEvent[])[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      batchSize: 25,
      handleBatch: (events) => {
        batches.push(events);
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(batches.flat()).toEqual(published);
    expect(Math.max(...batches.map(({ length }) => length))).toBe(25);
    expect(await checkpointsOf(stage)).toEqual([105]);
  });
});

describe("process", () => {
  it("takes its events itself, and is started again after what it has acknowledged", async () => {
    await using stage = await openStage();
    await stage.publish(30);
    const seen = new SeenEvents();
    const runs: number[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      process: async (events, { acknowledge, commit }) => {
        const run = runs.push(0) - 1;
        for await (const event of events) {
          runs[run] = (runs[run] ?? 0) + 1;
          if (event.sequenceNumber % 10 === 5 && run === Math.floor(event.sequenceNumber / 10)) return;
          seen.note(event);
          acknowledge(event);
          if (event.sequenceNumber === 20) await commit();
        }
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    expect(seen.numbers).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    expect(runs.slice(0, 3)).toEqual([5, 11, 11]);
    await broker.whenHandled(things, await stage.publish(1));
    await broker.stop();
    expect(await checkpointsOf(stage)).toEqual([31]);
  });
});

describe("consumeAll", () => {
  it("refuses a subscription that a node holds", async () => {
    await using stage = await openStage();
    const source = stage.store.category("things");
    const things = subscription({ name: "things", source, handleEvent: () => {} });
    const broker = stage.broker({ name: "busy", subscriptions: [things] });
    await broker.start();
    const refused = await consumeAll(things, { storage: stage.storage }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SubscriptionBusyError);
    expect(refused).toMatchObject({ subscription: "things", nodes: ["busy"] });
    await broker.stop();
    await consumeAll(things, { storage: stage.storage });
  });
});
