import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import {
  consumeAll,
  EventBroker,
  exponentialBackoff,
  type FailurePolicy,
  type ParkedEvent,
  ProcessingControl,
  retry,
  type Subscription,
  subscription,
} from "@eventfold/processing";
import { EventStore, nameIn } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { SeenEvents } from "../src/seen-events.ts";
import { waitFor } from "../src/waiting-for.ts";

const once = retry({ times: 1, backoff: exponentialBackoff({ firstMs: 1, longestMs: 1 }) });

/** A log of 40 events in 4 streams, some of which are damaged. */
async function openDamaged(...numbers: readonly number[]) {
  const adapter = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
  const storage = await SqliteProcessingStorageAdapter.open({ shareWith: adapter });
  const store = new EventStore({ adapter });
  const source = store.category("things");
  const setPayload = async (sequenceNumber: number, text: string) => {
    await adapter.transaction(async ({ client }) => {
      client.prepare("UPDATE eventfold_events SET payload = ? WHERE sequence_number = ?").run(text, sequenceNumber);
    });
  };
  for (let n = 1; n <= 40; n += 1) {
    const name = n % 10 === 5 ? "changed" : "happened";
    await source.stream(`thing-${n % 4}`).publish({ events: [{ name, payload: { n } }] });
  }
  for (const number of numbers) await setPayload(number, '{"n":');
  return {
    source,
    storage,
    publish: () => source.stream("thing-0").publish({ events: [{ name: "happened", payload: {} }] }),
    repair: (number: number) => setPayload(number, JSON.stringify({ n: number, isRepaired: true })),
    damage: (number: number) => setPayload(number, ""),
    async [Symbol.asyncDispose]() {
      await storage.close();
      await adapter.close();
    },
  };
}

type Log = Awaited<ReturnType<typeof openDamaged>>;

function allBut(...numbers: readonly number[]): readonly number[] {
  return Array.from({ length: 40 }, (_, n) => n + 1).filter((n) => !numbers.includes(n));
}

async function parkedOf({ storage }: Log) {
  const all: ParkedEvent[] = [];
  for await (const parked of new ProcessingControl({ storage }).parked("things")) all.push(parked);
  return all;
}

/** The same events, given to each kind of handler. */
const kinds: readonly (readonly [string, (log: Log, seen: SeenEvents, onFailure: FailurePolicy) => Subscription])[] = [
  [
    "handleEvent",
    ({ source }, seen, onFailure) =>
      subscription({ name: "things", source, partitions: 2, onFailure, handleEvent: (event) => seen.note(event) }),
  ],
  [
    "handleBatch",
    ({ source }, seen, onFailure) =>
      subscription({
        name: "things",
        source,
        partitions: 2,
        onFailure,
        handleBatch: (events) => {
          for (const event of events) seen.note(event);
        },
      }),
  ],
  [
    "process",
    ({ source }, seen, onFailure) =>
      subscription({
        name: "things",
        source,
        partitions: 2,
        onFailure,
        process: async (events, { acknowledge }) => {
          for await (const event of events) {
            seen.note(event);
            acknowledge(event);
          }
        },
      }),
  ],
];

describe.each(kinds)("an event that cannot be read, for a subscription with %s", (_, subscriptionOf) => {
  it("is parked as if its handler had failed, and handled by a replay once it is repaired", async () => {
    await using log = await openDamaged(7, 8, 30);
    const seen = new SeenEvents();
    const things = subscriptionOf(log, seen, once.then("park"));
    await consumeAll(things, { storage: log.storage });
    expect(seen.numbers.toSorted((a, b) => a - b)).toEqual(allBut(7, 8, 30));
    const parked = await parkedOf(log);
    expect(parked).toMatchObject([
      { sequenceNumber: 7, stream: "thing-3", attempts: 2, error: expect.stringContaining("UnreadableEventError") },
      { sequenceNumber: 8, stream: "thing-0", attempts: 2 },
      { sequenceNumber: 30, stream: "thing-2", attempts: 2 },
    ]);
    await log.repair(7);
    await log.repair(30);
    const control = new ProcessingControl(log);
    await control.replay("things");
    await consumeAll(things, { storage: log.storage });
    await waitFor(async () => (await parkedOf(log)).length === 1);
    expect(await parkedOf(log)).toMatchObject([{ sequenceNumber: 8, attempts: 3 }]);
    const replayed = seen.all.slice(-2).map(({ payload }) => payload); // in any order: they are in two partitions
    expect(replayed).toContainEqual({ n: 7, isRepaired: true });
    expect(replayed).toContainEqual({ n: 30, isRepaired: true });
  });

  it("pauses its own partition alone, and is read again after a resume", async () => {
    await using log = await openDamaged(7);
    const seen = new SeenEvents();
    const things = subscriptionOf(log, seen, once.then("pause"));
    const broker = new EventBroker({ name: "node", storage: log.storage, subscriptions: [things] });
    await broker.start();
    const held = () => broker.status().subscriptions[0]?.held ?? [];
    await waitFor(() => held().some(({ state }) => state === "paused"));
    await waitFor(() => held().some(({ checkpoint }) => checkpoint.sequenceNumber === 40));
    expect(held().find(({ state }) => state === "paused")).toMatchObject({
      checkpoint: { sequenceNumber: 6 },
      error: expect.stringContaining("sequence number 7 cannot be read"),
    });
    await log.repair(7);
    await new ProcessingControl(log).resume("things");
    await seen.count(40);
    await broker.whenCaughtUp(things);
    expect(seen.numbers.toSorted((a, b) => a - b)).toEqual(allBut());
    await broker.stop();
  });
});

describe("an event that cannot be read", () => {
  it("is skipped where the policy says so", async () => {
    await using log = await openDamaged(1, 2, 40);
    const seen = new SeenEvents();
    const things = subscription({
      name: "things",
      source: log.source,
      onFailure: once.then("skip"),
      handleEvent: (event) => seen.note(event),
    });
    await consumeAll(things, { storage: log.storage });
    await consumeAll(things, { storage: log.storage }); // whose checkpoint is at the event that cannot be read
    expect(seen.numbers).toEqual(allBut(1, 2, 40));
  });

  it("does not concern a subscription whose constraints leave it out", async () => {
    await using log = await openDamaged(7, 15);
    const seen = new SeenEvents();
    const things = subscription({
      name: "things",
      source: log.source,
      constraints: [nameIn("changed")],
      onFailure: retry({ times: 0 }).then("park"),
      handleEvent: (event) => seen.note(event),
    });
    const broker = new EventBroker({ name: "node", storage: log.storage, subscriptions: [things] });
    await broker.start();
    await waitFor(async () => (await parkedOf(log)).length === 1);
    expect(await parkedOf(log)).toMatchObject([{ sequenceNumber: 15 }]);
    await broker.whenHandled(things, await log.publish());
    expect(seen.numbers).toEqual([5, 25, 35]);
    await broker.stop();
  });

  it("keeps a parked stream waiting when the replay comes to it", async () => {
    await using log = await openDamaged();
    const seen = new SeenEvents();
    const state = { isMended: false };
    const things = subscription({
      name: "things",
      source: log.source,
      onFailure: retry({ times: 0 }).then("park-stream"),
      handleEvent: (event) => {
        if (event.sequenceNumber === 4 && !state.isMended) throw new Error("not now");
        seen.note(event);
      },
    });
    await consumeAll(things, { storage: log.storage });
    state.isMended = true;
    await log.damage(12);
    const control = new ProcessingControl(log);
    await control.replay("things");
    await consumeAll(things, { storage: log.storage });
    await waitFor(async () => (await parkedOf(log))[0]?.sequenceNumber === 12);
    expect(await parkedOf(log)).toMatchObject([{ sequenceNumber: 12, stream: "thing-0", isWholeStream: true }]);
    expect(seen.numbers.filter((n) => n % 4 === 0)).toEqual([4, 8]);
  });

  it("keeps later events of its stream in the same batch waiting", async () => {
    await using log = await openDamaged(8);
    const seen = new SeenEvents();
    const isAllRead = () => broker.status().subscriptions.every(({ held }) => held[0]?.state === "live");
    const things = subscription({
      name: "things",
      source: log.source,
      batchSize: 6, // the second one begins before the damaged event, and ends after the next of its stream
      onFailure: retry({ times: 0 }).then("park-stream"),
      handleBatch: async (events) => {
        if (events[0]?.sequenceNumber === 1) await waitFor(isAllRead);
        for (const event of events) seen.note(event);
      },
    });
    const broker = new EventBroker({ name: "node", storage: log.storage, subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    expect(seen.numbers).toEqual(allBut().filter((n) => n % 4 !== 0 || n === 4));
    await log.repair(8);
    await new ProcessingControl(log).replay("things");
    await waitFor(async () => (await parkedOf(log)).length === 0);
    expect(seen.numbers.slice(31)).toEqual([8, 12, 16, 20, 24, 28, 32, 36, 40]);
    await broker.stop();
  });

  it("stops a subscription with its own keys, because nobody knows where the event belongs", async () => {
    await using log = await openDamaged(7);
    const seen = new SeenEvents();
    const told = Promise.withResolvers<unknown>();
    const things = subscription({
      name: "things",
      source: log.source,
      partitions: 2,
      partitionBy: ({ stream }) => stream,
      onFailure: retry({ times: 0 }).then("skip"),
      handleEvent: (event) => seen.note(event),
    });
    const broker = new EventBroker({
      name: "node",
      storage: log.storage,
      subscriptions: [things],
      onError: (error) => told.resolve(error),
    });
    await broker.start();
    expect(await told.promise).toMatchObject({ code: "UNREADABLE_EVENT", event: { sequenceNumber: 7 } });
    await log.repair(7);
    await broker.whenCaughtUp(things);
    expect(seen.numbers.toSorted((a, b) => a - b)).toEqual(allBut());
    await broker.stop();
  });
});
