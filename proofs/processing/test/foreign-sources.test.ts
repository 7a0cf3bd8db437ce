import {
  consumeAll,
  exponentialBackoff,
  type ForeignMessage,
  foreignSource,
  ProcessingControl,
  retry,
  subscription,
  subscriptionGroup,
} from "@eventfold/processing";
import { nameIn, type StoredEvent, taggedWith } from "@eventfold/store";
import { describe, expect, expectTypeOf, it } from "vitest";
import { MessageQueue } from "../src/message-queue.ts";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

/** A source that reads a queue, whose messages are JSON. */
function ordersOf(queue: MessageQueue, identifier = "orders") {
  return foreignSource({
    identifier,
    read: (after) => queue.after(after),
    decode: (message: string) => ({ name: "order-placed", payload: { order: JSON.parse(message) } }),
    latest: async () => queue.latest,
    pollIntervalMs: 1,
  });
}

function filledQueue(messages: number, streams = 1): MessageQueue {
  const queue = new MessageQueue();
  for (let n = 0; n < messages; n += 1) queue.push(String(n), `customer-${n % streams}`);
  return queue;
}

async function rowsOf({ storage }: Stage, name = "orders") {
  const { subscriptions } = await storage.storage.status({ names: [name] });
  return subscriptions[0]?.status ?? [];
}

const onFailure = retry({ times: 1, backoff: exponentialBackoff({ firstMs: 1, longestMs: 1 }) }).then("park");

describe("a foreign source", () => {
  it("gives its types to constraints and handlers", () => {
    const source = foreignSource({
      identifier: "orders",
      async *read(after, { signal }): AsyncGenerator<readonly ForeignMessage<number>[]> {
        expectTypeOf(after).toEqualTypeOf<number>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        yield [{ position: 1, message: 4 }];
      },
      decode: (message) =>
        message > 0
          ? { name: "placed", payload: { amount: message } }
          : { name: "cancelled", payload: String(message) },
    });
    subscription({
      name: "orders",
      source,
      constraints: [nameIn("placed")],
      handleEvent: (event) => {
        expectTypeOf(event.name).toEqualTypeOf<"placed" | "cancelled">();
        if (event.name === "placed") expectTypeOf(event.payload.amount).toEqualTypeOf<number>();
        else expectTypeOf(event.payload).toEqualTypeOf<string>();
      },
    });
    // @ts-expect-error it has no such event
    subscription({ name: "orders", source, constraints: [nameIn("renamed")], handleEvent: () => {} });
  });

  it("is narrowed by the tags that its messages are decoded with", async () => {
    await using stage = await openStage();
    const queue = filledQueue(6);
    const seen = new SeenEvents();
    const source = foreignSource({
      identifier: "orders",
      read: (after) => queue.after(after),
      decode: (message: string) => ({
        name: "order-placed",
        payload: null,
        ...(Number(message) % 2 === 1 && { tags: ["odd", `order:${message}`] }),
      }),
      latest: async () => queue.latest,
      pollIntervalMs: 1,
    });
    const odd = { constraints: [taggedWith("odd")], handleEvent: (event: StoredEvent) => seen.note(event) };
    await consumeAll(subscription({ name: "orders", source, ...odd }), { storage: stage.storage });
    expect(seen.all.map(({ tags }) => tags)).toEqual([1, 3, 5].map((order) => ["odd", `order:${order}`]));
  });

  it("is handled once and in order, and the next broker goes on from the checkpoint", async () => {
    await using stage = await openStage();
    const queue = filledQueue(10);
    const seen = new SeenEvents();
    const orders = subscription({ name: "orders", source: ordersOf(queue), handleEvent: (event) => seen.note(event) });
    await consumeAll(orders, { storage: stage.storage });
    expect(seen.numbers).toEqual([3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
    expect(seen.all[1]).toMatchObject({
      name: "order-placed",
      payload: { order: 1 },
      category: "orders",
      stream: "customer-0",
    });
    expect(await rowsOf(stage)).toMatchObject([{ checkpoint: { sequenceNumber: 30, eventId: seen.all[9]?.id } }]);

    queue.push("10");
    const broker = stage.broker({ subscriptions: [orders] });
    await broker.start();
    await seen.count(11);
    queue.push("11");
    await seen.count(12);
    await broker.whenCaughtUp(orders);
    expect(seen.numbers.slice(10)).toEqual([33, 36]);
    expect(queue.reads[0]).toBe(0);
    expect(queue.reads.slice(queue.reads.indexOf(30)).every((after) => after >= 30)).toBe(true);
  });

  it("is split into partitions by its streams and shared among nodes", async () => {
    await using stage = await openStage();
    const queue = filledQueue(200, 20);
    const seen = new SeenEvents();
    const options = { name: "orders", source: ordersOf(queue), partitions: 4 };
    const first = subscription({ ...options, handleEvent: (event) => seen.note(event) });
    const second = subscription({ ...options, handleEvent: (event) => seen.note(event) });
    const brokers = [stage.broker({ subscriptions: [first] }), stage.broker({ subscriptions: [second] })];
    await brokers[0]?.start();
    await brokers[1]?.start();
    await waitFor(() => brokers.every((broker) => broker.status().subscriptions[0]?.held.length === 2));
    for (let n = 200; n < 400; n += 1) queue.push(String(n), `customer-${n % 20}`);
    await brokers[1]?.whenCaughtUp(second);
    expect(seen.numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, n) => 3 * (n + 1)));
    for (const events of Map.groupBy(seen.all, ({ stream }) => stream).values()) {
      const numbers = events.map(({ sequenceNumber }) => sequenceNumber);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  });

  it("may stay open, and signals with an empty page that there is nothing more for now", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const arrived = Promise.withResolvers<void>();
    let ended = 0;
    const source = foreignSource({
      identifier: "orders",
      async *read(after, { signal }): AsyncGenerator<readonly ForeignMessage<string>[]> {
        const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        try {
          if (after < 1) yield [{ position: 1, message: "a" }];
          yield [];
          await arrived.promise;
          if (after < 2) yield [{ position: 2, message: "b" }];
          yield [];
          await stopped;
        } finally {
          ended += 1;
        }
      },
      decode: (name: string) => ({ name, payload: null }),
    });
    const orders = subscription({ name: "orders", source, handleEvent: (event) => seen.note(event) });
    const broker = stage.broker({ subscriptions: [orders] });
    await broker.start();
    await waitFor(() => broker.status().subscriptions[0]?.state === "live");
    expect(seen.numbers).toEqual([1]);
    arrived.resolve();
    await seen.count(2);
    await broker.stop();
    await waitFor(() => ended === 1);
  });

  it("parks a message that cannot be decoded, and decodes it again in the replay", async () => {
    await using stage = await openStage();
    const queue = new MessageQueue();
    for (const message of ["0", "1", "broken", "3", "{", "5"]) queue.push(message);
    const seen = new SeenEvents();
    const state = { isMended: false };
    const source = foreignSource({
      identifier: "orders",
      read: (after) => queue.after(after),
      decode: (message: string) => ({ name: "order-placed", payload: state.isMended ? message : JSON.parse(message) }),
      latest: async () => queue.latest,
    });
    const orders = subscription({ name: "orders", source, onFailure, handleEvent: (event) => seen.note(event) });
    await consumeAll(orders, { storage: stage.storage });
    expect(seen.numbers).toEqual([3, 6, 12, 18]);
    const control = new ProcessingControl(stage);
    const parked: number[] = [];
    for await (const { sequenceNumber, error } of control.parked("orders")) {
      expect(error).toContain("decoding it failed");
      parked.push(sequenceNumber);
    }
    expect(parked).toEqual([9, 15]);
    state.isMended = true;
    await control.replay("orders");
    await consumeAll(orders, { storage: stage.storage });
    await seen.count(6);
    expect(seen.all.slice(4).map(({ payload }) => payload)).toEqual(["broken", "{"]);
  });

  it("is reported, and read again from where it was, when a read fails or returns nonsense", async () => {
    await using stage = await openStage();
    const queue = filledQueue(8);
    const seen = new SeenEvents();
    const faults: (() => readonly ForeignMessage<string>[])[] = [
      () => {
        throw new Error("The queue is down.");
      },
      () => [{ position: 0, message: "0" }],
      () => [{ position: 1.5, message: "0" }],
      () => [
        { position: 3, message: "0" },
        { position: 3, message: "1" },
      ],
      () => [{ position: 6, message: "1", stream: "\u0000" }],
    ];
    const source = foreignSource({
      identifier: "orders",
      async *read(after) {
        const fault = faults.shift();
        if (fault !== undefined) yield fault();
        yield* queue.after(after);
      },
      decode: (message: string) => ({ name: "order-placed", payload: JSON.parse(message) }),
      latest: async () => queue.latest,
    });
    const orders = subscription({ name: "orders", source, handleEvent: (event) => seen.note(event) });
    const broker = stage.broker({ subscriptions: [orders] });
    await broker.start();
    await broker.whenCaughtUp(orders);
    expect(seen.numbers).toEqual([3, 6, 9, 12, 15, 18, 21, 24]);
    expect(stage.told).toMatchObject([
      { message: "The queue is down." },
      { message: expect.stringContaining("after 0 it yielded 0") },
      { message: expect.stringContaining("after 0 it yielded 1.5") },
      { message: expect.stringContaining("after 3 it yielded 3") },
      { code: "INVALID_NAME" },
    ]);
  });

  it.each(["order-17", "", "0192A7B0-0000-7000-8000-000000000000", 7])(
    "is reported when it identifies a message by %j",
    async (id) => {
      await using stage = await openStage();
      const seen: number[] = [];
      let isMended = false;
      const source = foreignSource({
        identifier: "queue",
        pollIntervalMs: 5,
        async *read(after: number) {
          const ids = [undefined, isMended ? undefined : (id as string), undefined];
          yield ids
            .map((each, n) => ({ position: n + 1, message: n, id: each }))
            .filter(({ position }) => position > after);
        },
        decode: (n: number) => ({ name: "happened", payload: n }),
      });
      const things = subscription({
        name: "things",
        source,
        handleEvent: ({ sequenceNumber }) => {
          seen.push(sequenceNumber);
        },
      });
      await stage.broker({ subscriptions: [things] }).start();
      await waitFor(() => stage.told.length > 0);
      expect(stage.told[0]).toBeInstanceOf(TypeError);
      isMended = true;
      await waitFor(() => seen.length === 3);
      expect(seen).toEqual([1, 2, 3]);
    },
  );

  it("begins at its end only if it can say where that is", async () => {
    await using stage = await openStage();
    const queue = filledQueue(5);
    const seen = new SeenEvents();
    const handleEvent = (event: Parameters<SeenEvents["note"]>[0]) => seen.note(event);
    const orders = subscription({ name: "orders", source: ordersOf(queue), startFrom: "end", handleEvent });
    const broker = stage.broker({ subscriptions: [orders] });
    await broker.start();
    queue.push("5");
    await broker.whenCaughtUp(orders);
    expect(seen.numbers).toEqual([18]);

    const blind = foreignSource({
      identifier: "blind",
      read: (after) => queue.after(after),
      decode: (name: string) => ({ name, payload: null }),
    });
    const fromEnd = subscription({ name: "blind", source: blind, startFrom: "end", handleEvent });
    await expect(stage.broker({ subscriptions: [fromEnd] }).start()).rejects.toThrow("give it the function latest");
    const fromBeginning = subscription({ name: "blind", source: blind, handleEvent });
    const other = stage.broker({ subscriptions: [fromBeginning] });
    await other.start();
    await seen.count(7);
    await expect(other.whenCaughtUp(fromBeginning)).rejects.toThrow("give it the function latest");
  });

  it("is noticed when it is behind its checkpoint", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const handleEvent = (event: Parameters<SeenEvents["note"]>[0]) => seen.note(event);
    const name = "orders";
    await consumeAll(subscription({ name, source: ordersOf(filledQueue(5)), handleEvent }), { storage: stage.storage });
    const broker = stage.broker({
      subscriptions: [subscription({ name, source: ordersOf(filledQueue(2)), handleEvent })],
    });
    await broker.start();
    await waitFor(() => stage.told.length > 0);
    expect(stage.told[0]).toMatchObject({ code: "CHECKPOINT_AHEAD_OF_LOG", sequenceNumber: 15 });
    expect(seen.all).toHaveLength(5);
  });

  it("is refused under the name of another source", async () => {
    await using stage = await openStage();
    const handleEvent = () => {};
    await consumeAll(subscription({ name: "orders", source: ordersOf(filledQueue(1)), handleEvent }), {
      storage: stage.storage,
    });
    const others = [
      subscription({ name: "orders", source: ordersOf(filledQueue(1), "other-orders"), handleEvent }),
      subscription({ name: "orders", source: stage.store.category("orders"), handleEvent }),
    ];
    for (const other of others) {
      await expect(stage.broker({ subscriptions: [other] }).start()).rejects.toMatchObject({
        code: "SUBSCRIPTION_MISMATCH",
        stored: { source: "foreign/orders" },
      });
    }
  });

  it("is refused when its members are not what they should be", () => {
    const read = (after: number) => new MessageQueue().after(after);
    const decode = () => ({ name: "a", payload: null });
    // @ts-expect-error no functions
    expect(() => foreignSource({ identifier: "orders" })).toThrow(TypeError);
    // @ts-expect-error nothing
    expect(() => foreignSource()).toThrow(TypeError);
    expect(() => foreignSource({ identifier: "", read, decode })).toThrow(
      expect.objectContaining({ code: "INVALID_NAME" }),
    );
    expect(() => foreignSource({ identifier: "a\u0007", read, decode })).toThrow(
      expect.objectContaining({ code: "INVALID_NAME" }),
    );
    expect(() => foreignSource({ identifier: "orders", read, decode, pollIntervalMs: 0 })).toThrow(RangeError);
    // @ts-expect-error not a function
    expect(() => foreignSource({ identifier: "orders", read, decode, latest: 4 })).toThrow(TypeError);
  });
});

describe("subscriptionGroup", () => {
  it("shares its sources out among nodes one by one", async () => {
    await using stage = await openStage();
    const queues = Array.from({ length: 6 }, () => filledQueue(10));
    const seen = new SeenEvents();
    const groupOf = () =>
      subscriptionGroup({
        name: "orders",
        sources: queues.map((queue, n) => ordersOf(queue, `queue-${n}`)),
        handleEvent: (event) => seen.note(event),
      });
    const [mine, theirs] = [groupOf(), groupOf()];
    expect(mine.map(({ name }) => name)).toEqual(queues.map((_, n) => `orders/queue-${n}`));
    const brokers = [mine, theirs].map((subscriptions) => stage.broker({ subscriptions }));
    for (const broker of brokers) await broker.start();
    const heldBy = (broker: (typeof brokers)[number]) =>
      broker.status().subscriptions.filter(({ held }) => held.length > 0).length;
    await waitFor(() => brokers.every((broker) => heldBy(broker) === 3));
    for (const queue of queues) queue.push("10");
    for (const member of theirs) await brokers[1]?.whenCaughtUp(member);
    const numbers = Array.from({ length: 11 }, (_, n) => 3 * (n + 1));
    const bySource = Map.groupBy(seen.all, ({ category }) => category);
    expect(bySource.size).toBe(6);
    for (const events of bySource.values()) {
      expect(events.map(({ sequenceNumber }) => sequenceNumber)).toEqual(numbers);
    }
  });

  it("takes sources of a store, and refuses an empty list, anything else, and a source that is listed twice", async () => {
    await using stage = await openStage();
    const [users, guests] = [stage.store.category("users"), stage.store.category("guests")];
    const group = { name: "mails", handleEvent: () => {} };
    const members = subscriptionGroup({ ...group, sources: [users, guests] });
    expect(members.map(({ name }) => name)).toEqual(["mails/category/users", "mails/category/guests"]);
    expect(() => subscriptionGroup({ ...group, sources: [] })).toThrow(RangeError);
    expect(() => subscriptionGroup({ ...group, sources: [users, users] })).toThrow("appears twice");
    // @ts-expect-error no source
    expect(() => subscriptionGroup({ ...group, sources: [undefined] })).toThrow(TypeError);
  });
});
