import { consumeAll, exponentialBackoff, ProcessingControl, retry, subscription } from "@eventfold/processing";
import { eventIdFrom, streamExists, type Transaction } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openInFile, openInMemory, openOnServer, type SharedStage, stageOn } from "../src/shared-stage.ts";
import { waitFor } from "../src/waiting-for.ts";

let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => server.stop());

const databases = [
  { database: "memory", open: openInMemory },
  { database: "SQLite", open: () => openInFile(":memory:") },
  { database: "PostgreSQL", open: async () => openOnServer(await server.createDatabase()) },
];

/** Publishes an effect of an event in a transaction. */
async function effect({ store }: SharedStage, transaction: Transaction, payload: unknown): Promise<void> {
  const stream = store.within(transaction).stream({ category: "effects", stream: "e" });
  await stream.publish({ events: [{ name: "handled", payload }] });
}

async function parkedOf({ storage }: SharedStage): Promise<readonly number[]> {
  const numbers: number[] = [];
  for await (const { sequenceNumber } of new ProcessingControl({ storage }).parked("things"))
    numbers.push(sequenceNumber);
  return numbers;
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

describe.each(databases)("a handler with transactions on $database", ({ open }) => {
  it("stores what it does together with the checkpoint, event by event", async () => {
    await using stage = stageOn(await open());
    await stage.publish(20, 4);
    const seen: (readonly number[])[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      transactions: stage.events,
      checkpoint: { everyMs: 1_000_000, everyEvents: 10_000 },
      handleEvent: async (event, { transaction }) => {
        seen.push(await stage.checkpoints());
        await effect(stage, await transaction(), event.sequenceNumber);
        expect(await transaction()).toBe(await transaction());
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(await stage.effects()).toEqual(upTo(20));
    expect(seen).toEqual(upTo(20).map((n) => [n - 1]));
  });

  it("stores nothing of a try that fails, whatever it has done before", async () => {
    await using stage = stageOn(await open());
    await stage.publish(5);
    const tries: number[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      transactions: stage.events,
      onFailure: retry({ times: 3 }).then("skip"),
      handleEvent: async ({ sequenceNumber }, { transaction, publish, attempt }) => {
        tries.push(sequenceNumber);
        publish(stage.store, [
          { category: "effects", stream: "p", events: [{ name: "kept", payload: -sequenceNumber }] },
        ]);
        await effect(stage, await transaction(), sequenceNumber);
        if (sequenceNumber === 3 || attempt < 2) throw new Error("not now");
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(await stage.effects()).toEqual([1, -1, 2, -2, 4, -4, 5, -5]);
    expect(tries).toEqual([1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5]);
    expect(await stage.checkpoints()).toEqual([5]);
  });

  it("may not publish outside its transaction, because it would wait for itself", async () => {
    await using stage = stageOn(await open());
    await stage.publish(1);
    const refused: unknown[] = [];
    const publish = async () => {
      const stream = stage.store.stream({ category: "effects", stream: "outside" });
      await stream.publish({ events: [{ name: "handled", payload: "outside" }] });
    };
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      transactions: stage.events,
      handleEvent: async (_, { transaction }) => {
        await publish();
        await transaction();
        await publish().catch((error: unknown) => refused.push(error));
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(refused).toMatchObject([{ code: "NESTED_PUBLISH" }]);
    expect(await stage.effects()).toEqual(["outside"]);
  });

  it("moves the checkpoint past events that need no transaction, together with those that need one", async () => {
    await using stage = stageOn(await open());
    await stage.publish(12, 3);
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      transactions: stage.events,
      handleEvent: async ({ sequenceNumber }, { transaction }) => {
        if (sequenceNumber % 4 === 0) await effect(stage, await transaction(), sequenceNumber);
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect([await stage.effects(), await stage.checkpoints()]).toEqual([[4, 8, 12], [12]]);
  });

  it("moves the checkpoint past what has come to other partitions", async () => {
    await using stage = stageOn(await open());
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      partitions: 3,
      checkpoint: { everyMs: 10 },
      transactions: stage.events,
      handleEvent: async ({ sequenceNumber }, { transaction }) => effect(stage, await transaction(), sequenceNumber),
    });
    const published = await stage.publish(12, 12);
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    const latest = published.at(-1)?.sequenceNumber ?? 0;
    await waitFor(async () => (await stage.checkpoints()).every((number) => number >= latest));
    expect(new Set(await stage.effects())).toEqual(new Set(upTo(12)));
  });

  it("parks an event without storing its effects, and stores them with the replay that succeeds", async () => {
    await using stage = stageOn(await open());
    await stage.publish(6, 2);
    let isBroken = true;
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      transactions: stage.events,
      onFailure: retry({ times: 0 }).then("park"),
      handleEvent: async ({ sequenceNumber }, { transaction }) => {
        await effect(stage, await transaction(), sequenceNumber);
        if (isBroken && sequenceNumber === 3) throw new Error("not this one");
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    expect(await stage.effects()).toEqual([1, 2, 4, 5, 6]);
    isBroken = false;
    const control = new ProcessingControl({ storage: stage.storage });
    await control.replay("things");
    await waitFor(async () => (await parkedOf(stage)).length === 0);
    expect(await stage.effects()).toEqual([1, 2, 4, 5, 6, 3]);
  });

  it("stores a whole batch at once, and event by event when it fails", async () => {
    await using stage = stageOn(await open());
    await stage.publish(10);
    const batches: number[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      transactions: stage.events,
      batchSize: 5,
      onFailure: retry({ times: 0 }).then("skip"),
      handleBatch: async (events, { transaction, publish }) => {
        batches.push(events.length);
        for (const event of events) {
          await effect(stage, await transaction(), event.sequenceNumber);
          publish(event, stage.store, [
            { category: "effects", stream: "kept", events: [{ name: "kept", payload: -event.sequenceNumber }] },
          ]);
          if (event.sequenceNumber === 8) throw new Error("not this one");
        }
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(batches).toEqual([5, 5, 1, 1, 1, 1, 1]);
    expect(await stage.effects()).toEqual([1, 2, 3, 4, 5, -1, -2, -3, -4, -5, 6, -6, 7, -7, 9, -9, 10, -10]);
    expect(await stage.checkpoints()).toEqual([10]);
  });

  it("is rolled back when the partition is lost while it waits", async () => {
    await using stage = stageOn(await open());
    await stage.publish(1);
    const [began, mayGoOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const outcomes: unknown[] = [];
    const things = (isFirst: boolean) =>
      subscription({
        name: "things",
        source: stage.store.category("things"),
        transactions: stage.events,
        handleEvent: async ({ sequenceNumber }, { transaction, signal }) => {
          const opened = await transaction();
          await effect(stage, opened, sequenceNumber);
          if (!isFirst) return;
          began.resolve();
          await mayGoOn.promise;
          outcomes.push(signal.aborted, await effect(stage, opened, "late").catch(({ code }) => code));
        },
      });
    const first = stage.broker({ subscriptions: [things(true)] });
    await first.start();
    await began.promise;
    await first.stop({ timeoutMs: 0 });
    await consumeAll(things(false), { storage: stage.storage });
    mayGoOn.resolve();
    await waitFor(() => outcomes.length > 0);
    expect(outcomes).toEqual([true, "TRANSACTION_ENDED"]);
    expect([await stage.effects(), await stage.checkpoints()]).toEqual([[1], [1]]);
  });

  it("is rolled back when it takes longer than allowed, and is run again", async () => {
    await using stage = stageOn(await open());
    await stage.publish(2);
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      transactions: stage.events,
      handlerTimeoutMs: 100,
      onFailure: retry({ times: 50, backoff: exponentialBackoff({ firstMs: 1, longestMs: 100 }) }).then("stop"),
      handleEvent: async ({ sequenceNumber }, { transaction, attempt, signal }) => {
        await effect(stage, await transaction(), sequenceNumber);
        if (attempt === 1) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(await stage.effects()).toEqual([1, 2]);
  });

  it("is rolled back when it leaves its transaction idle for half a lease", async () => {
    await using stage = stageOn(await open());
    await stage.publish(1);
    const [began, waited] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      transactions: stage.events,
      onFailure: retry({ times: 5 }).then("stop"),
      handleEvent: async (_, { transaction, attempt }) => {
        await effect(stage, await transaction(), attempt);
        if (attempt > 1) return;
        began.resolve();
        await waited.promise;
      },
    });
    const broker = stage.broker({ leaseMs: 300, subscriptions: [things] });
    await broker.start();
    await began.promise;
    await stage.store
      .stream({ category: "others", stream: "o" })
      .publish({ events: [{ name: "published", payload: 1 }] }); // waits for it
    waited.resolve();
    await broker.whenCaughtUp(things);
    expect(await stage.effects()).toEqual([2]);
  });
});

describe.each(databases)("what a handler publishes on $database", ({ open }) => {
  it("is stored once without transactions, however often the event is handled, and keeps its own ids", async () => {
    await using stage = stageOn(await open());
    const [event] = await stage.publish(1);
    const id = "018f0000-0000-7000-8000-000000000001";
    const storedMeanwhile: number[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      handleEvent: async (_, { publish, eventId }) => {
        const payload = { n: 1 };
        publish(stage.store, [{ category: "effects", stream: "a", events: [{ name: "first", payload }] }]);
        payload.n = 2;
        publish(stage.store, [
          stage.store
            .stream({ category: "effects", stream: "b" })
            .entry({ events: [{ name: "own", payload: eventId(0), id }] }),
          stage.store.stream({ category: "effects", stream: "a" }).entry({ events: [{ name: "second", payload }] }),
        ]);
        storedMeanwhile.push((await stage.effects()).length);
      },
    });
    await consumeAll(things, { storage: stage.storage });
    const stored = await stage.store.category("effects").read();
    const idOf = (n: number) => eventIdFrom("things", event?.id ?? "", "published", n);
    expect(stored.map((each) => [each.stream, each.name, each.payload, each.id])).toEqual([
      ["a", "first", { n: 1 }, idOf(0)],
      ["a", "second", { n: 2 }, idOf(1)],
      ["b", "own", eventIdFrom("things", event?.id ?? "", 0), id],
    ]);
    const control = new ProcessingControl({ storage: stage.storage });
    await control.reset("things", { sequenceNumber: 0 });
    await consumeAll(things, { storage: stage.storage });
    expect(storedMeanwhile).toEqual([0, 3]);
    expect(await stage.store.category("effects").read()).toEqual(stored);
  });

  it("says in its metadata what it was caused by, unless it says otherwise", async () => {
    await using stage = stageOn(await open());
    const [first] = await stage.store.stream({ category: "things", stream: "thing-0" }).publish({
      events: [{ name: "happened", payload: null, metadata: { correlationId: "request-7", actor: "ada" } }],
    });
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      transactions: stage.events,
      handleEvent: (_, { publish }) => {
        const event = { name: "handled", payload: null };
        const own = { correlationId: "own", note: "n" };
        const events = [
          event,
          { ...event, metadata: own },
          { ...event, metadata: ["odd"] },
          { ...event, metadata: null },
        ];
        publish(stage.store, [{ category: "effects", stream: "e", events }]);
        own.note = "changed";
      },
    });
    await consumeAll(things, { storage: stage.storage });
    const caused = { correlationId: "request-7", causationId: first?.id };
    expect((await stage.store.category("effects").read()).map(({ metadata }) => metadata)).toEqual([
      caused,
      { ...caused, correlationId: "own", note: "n" },
      ["odd"],
      caused,
    ]);
  });

  it("fails the handled event when it cannot be stored, and is refused at once when it is invalid", async () => {
    await using stage = stageOn(await open());
    await stage.publish(1);
    const errors: unknown[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      onFailure: retry({ times: 0 }).then("skip"),
      handleEvent: (_, { publish }) => {
        const entry = { category: "effects", stream: "a" };
        for (const entries of [
          [],
          [{ ...entry, events: [] }],
          [{ ...entry, stream: "", events: [{ name: "n", payload: 1 }] }],
          [{ ...entry, events: [{ name: "n", payload: Number.NaN }] }],
          [{ ...entry, events: [{ name: "n", payload: 1, metadata: { at: Number.NaN } }] }],
          [stage.store.stream(entry).entry({ condition: streamExists() })],
          [{ ...entry, events: [{ name: "n", payload: 1 }], condition: streamExists() }],
        ]) {
          try {
            publish(stage.store, entries);
          } catch (error) {
            errors.push(error);
          }
        }
        publish(stage.store, [{ ...entry, events: [{ name: "", payload: 1 }] }]);
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    expect(errors.map((error) => (error instanceof Error ? error.name : error))).toEqual([
      "RangeError",
      "RangeError",
      "InvalidNameError",
      "InvalidEventError",
      "InvalidEventError",
      "TypeError",
      "TypeError",
    ]);
    expect(stage.told).toMatchObject([{ code: "INVALID_NAME" }]);
    expect(await stage.effects()).toEqual([]);
  });
});
