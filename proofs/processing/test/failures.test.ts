import {
  consumeAll,
  exponentialBackoff,
  type ParkedEvent,
  ProcessingControl,
  retry,
  subscription,
} from "@eventfold/processing";
import type { StoredEvent } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

const backoff = exponentialBackoff({ firstMs: 1, longestMs: 2 });
const twice = retry({ times: 2, backoff });

async function rowOf({ storage }: Stage, name = "things") {
  const { subscriptions } = await storage.storage.status({ names: [name] });
  return subscriptions[0]?.status[0];
}

async function parkedOf({ storage }: Stage, name = "things") {
  const all: ParkedEvent[] = [];
  for await (const parked of new ProcessingControl({ storage }).parked(name)) all.push(parked);
  return all;
}

/** A handler that fails on some events as long as it is told to. */
function failingOn(numbers: readonly number[]) {
  const seen = new SeenEvents();
  const tries: number[] = [];
  const state = { isMended: false };
  const handleEvent = (event: StoredEvent, { attempt }: { readonly attempt: number }) => {
    if (!state.isMended && numbers.includes(event.sequenceNumber)) {
      tries.push(attempt);
      throw new Error(`no ${event.sequenceNumber}`);
    }
    seen.note(event);
  };
  return { seen, tries, state, handleEvent };
}

describe("a handler that fails", () => {
  it("is tried again, and the order is kept", async () => {
    await using stage = await openStage();
    await stage.publish(10);
    const seen = new SeenEvents();
    const attempts: number[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      onFailure: twice.then("stop"),
      handleEvent: (event, { attempt }) => {
        if (event.sequenceNumber === 4) attempts.push(attempt);
        if (event.sequenceNumber === 4 && attempt < 3) throw new Error("not yet");
        seen.note(event);
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(attempts).toEqual([1, 2, 3]);
    expect(seen.numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("lets other streams go on meanwhile", async () => {
    await using stage = await openStage();
    await stage.publish(40, 2);
    const seen = new SeenEvents();
    let isMended = false;
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      concurrency: 2,
      onFailure: retry({ times: 1_000_000, backoff }).then("stop"),
      handleEvent: (event) => {
        if (event.stream === "thing-0" && !isMended) throw new Error("not yet");
        seen.note(event);
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await seen.count(20);
    expect(seen.all.every(({ stream }) => stream === "thing-1")).toBe(true);
    expect(broker.status().state).toBe("retrying");
    isMended = true;
    await broker.whenCaughtUp(things);
    await waitFor(() => broker.status().state === "live");
    expect(broker.status()).toMatchObject({ subscriptions: [{ held: [{ checkpoint: { sequenceNumber: 40 } }] }] });
  });

  it("pauses its partition, and goes on when the partition is resumed", async () => {
    await using stage = await openStage();
    await stage.publish(6);
    const { seen, tries, state, handleEvent } = failingOn([3]);
    const source = stage.store.category("things");
    const things = subscription({ name: "things", source, onFailure: twice.then("pause"), handleEvent });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await expect(broker.whenCaughtUp(things)).rejects.toMatchObject({
      code: "PARTITION_PAUSED",
      partition: 0,
      reason: "Error: no 3",
    });
    await waitFor(async () => (await rowOf(stage))?.isPaused === true);
    expect(await rowOf(stage)).toMatchObject({ checkpoint: { sequenceNumber: 2 }, error: "Error: no 3" });
    expect(broker.status()).toMatchObject({ state: "paused" });
    expect(tries).toEqual([1, 2, 3]);
    state.isMended = true;
    await new ProcessingControl({ storage: stage.storage }).resume("things");
    await waitFor(async () => (await rowOf(stage))?.isPaused === false);
    await broker.whenCaughtUp(things);
    expect(seen.numbers).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await rowOf(stage)).toMatchObject({ error: undefined });
  });

  it("stays paused when the partition changes hands", async () => {
    await using stage = await openStage();
    await stage.publish(3);
    const { seen, handleEvent } = failingOn([2]);
    const source = stage.store.category("things");
    const things = subscription({ name: "things", source, onFailure: twice.then("pause"), handleEvent });
    for (let round = 0; round < 2; round += 1) {
      await expect(consumeAll(things, { storage: stage.storage })).rejects.toMatchObject({ code: "PARTITION_PAUSED" });
    }
    expect(seen.numbers).toEqual([1]);
  });

  it("is parked, replayed and dropped", async () => {
    await using stage = await openStage();
    await stage.publish(8);
    const { seen, state, handleEvent } = failingOn([2, 5]);
    const source = stage.store.category("things");
    const things = subscription({ name: "things", source, onFailure: twice.then("park"), handleEvent });
    const broker = stage.broker({ subscriptions: [things] });
    const control = new ProcessingControl({ storage: stage.storage });
    await broker.start();
    await broker.whenCaughtUp(things);
    expect(seen.numbers).toEqual([1, 3, 4, 6, 7, 8]);
    expect(await parkedOf(stage)).toMatchObject([
      { sequenceNumber: 2, attempts: 3, error: "Error: no 2", isWholeStream: false },
      { sequenceNumber: 5, attempts: 3, error: "Error: no 5" },
    ]);
    await control.replay("things", { kind: "event", sequenceNumber: 2 });
    await waitFor(async () => (await parkedOf(stage))[0]?.attempts === 4);
    state.isMended = true;
    await control.replay("things", { kind: "event", sequenceNumber: 2 });
    await waitFor(async () => (await parkedOf(stage)).length === 1);
    expect(seen.numbers.at(-1)).toBe(2);
    await control.drop("things");
    await waitFor(async () => (await parkedOf(stage)).length === 0);
    await broker.whenHandled(things, await stage.publish(1));
    expect(seen.numbers).toEqual([1, 3, 4, 6, 7, 8, 2, 9]);
    expect(broker.status()).toMatchObject({ subscriptions: [{ held: [{ parked: 0 }] }] });
  });

  it("is parked together with the later events of its stream, and all are replayed in order", async () => {
    await using stage = await openStage();
    await stage.publish(20, 2); // the odd ones are of thing-0
    const { seen, state, handleEvent } = failingOn([5]);
    const source = stage.store.category("things");
    const things = subscription({ name: "things", source, onFailure: twice.then("park-stream"), handleEvent });
    const control = new ProcessingControl({ storage: stage.storage });
    const first = stage.broker({ name: "worker", subscriptions: [things] });
    await first.start();
    await first.whenCaughtUp(things);
    expect(seen.numbers).toEqual([1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
    await first.stop();
    const second = stage.broker({ name: "worker", subscriptions: [things] });
    await second.start(); // it learns by its claim which streams wait
    await second.whenHandled(things, await stage.publish(2, 2));
    expect(seen.numbers.slice(12)).toEqual([22]);
    expect(await parkedOf(stage)).toMatchObject([{ sequenceNumber: 5, isWholeStream: true }]);
    state.isMended = true;
    await control.replay("things", { kind: "stream", category: "things", stream: "thing-0" });
    await waitFor(async () => (await parkedOf(stage)).length === 0);
    expect(seen.numbers.slice(13)).toEqual([5, 7, 9, 11, 13, 15, 17, 19, 21]);
    await second.whenHandled(things, await stage.publish(2, 2));
    expect(seen.numbers.slice(22)).toEqual([23, 24]);
  });

  it("is parked together with the later events of its stream in the same batch", async () => {
    await using stage = await openStage();
    await stage.publish(10, 2); // the odd ones are of thing-0
    const seen = new SeenEvents();
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      onFailure: retry({ times: 0 }).then("park-stream"),
      handleBatch: (events) => {
        if (events.some(({ sequenceNumber }) => sequenceNumber === 5)) throw new Error("no");
        for (const event of events) seen.note(event);
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(seen.numbers).toEqual([1, 2, 3, 4, 6, 8, 10]);
  });

  it("keeps the stream waiting when another event fails in the replay", async () => {
    await using stage = await openStage();
    await stage.publish(9, 1);
    const failing = [3];
    const seen = new SeenEvents();
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      onFailure: retry({ times: 0 }).then("park-stream"),
      handleEvent: (event) => {
        if (failing.includes(event.sequenceNumber)) throw new Error("no");
        seen.note(event);
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    failing[0] = 6;
    await new ProcessingControl({ storage: stage.storage }).replay("things");
    await waitFor(async () => (await parkedOf(stage))[0]?.sequenceNumber === 6);
    expect(await waitFor(async () => (await parkedOf(stage)).length === 1)).toBeUndefined();
    await broker.whenHandled(things, await stage.publish(1, 1));
    expect(seen.numbers).toEqual([1, 2, 3, 4, 5]);
  });

  it("pauses when more events would be parked than are allowed", async () => {
    await using stage = await openStage();
    await stage.publish(9);
    const { seen, handleEvent } = failingOn([2, 4, 6]);
    const source = stage.store.category("things");
    const onFailure = retry({ times: 0 }).then("park");
    const things = subscription({ name: "things", source, onFailure, parkAtMost: 2, handleEvent });
    await expect(consumeAll(things, { storage: stage.storage })).rejects.toMatchObject({ code: "PARTITION_PAUSED" });
    expect(seen.numbers).toEqual([1, 3, 5]);
    expect(await parkedOf(stage)).toHaveLength(2);
  });

  it("is skipped, reported and counted", async () => {
    await using stage = await openStage();
    await stage.publish(4);
    const { seen, handleEvent } = failingOn([2]);
    const source = stage.store.category("things");
    const onFailure = retry({ times: 0 }).then("skip");
    const things = subscription({ name: "things", source, onFailure, handleEvent });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    expect(seen.numbers).toEqual([1, 3, 4]);
    expect(stage.told).toMatchObject([{ message: "no 2" }]);
    expect(broker.status()).toMatchObject({ subscriptions: [{ held: [{ skipped: 1 }] }] });
  });

  it("stops the broker, whose end rejects with its error", async () => {
    await using stage = await openStage();
    await stage.publish(4);
    const { seen, handleEvent } = failingOn([3]);
    const source = stage.store.category("things");
    const things = subscription({ name: "things", source, onFailure: retry({ times: 0 }).then("stop"), handleEvent });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await expect(broker.done).rejects.toThrow("no 3");
    expect(broker.status()).toMatchObject({ state: "stopped" });
    expect(seen.numbers).toEqual([1, 2]);
    expect(await rowOf(stage)).toMatchObject({ owner: undefined, checkpoint: { sequenceNumber: 2 } });
    await expect(consumeAll(things, { storage: stage.storage })).rejects.toThrow("no 3");
  });

  it("counts as failed when it takes longer than allowed", async () => {
    await using stage = await openStage();
    await stage.publish(2);
    const aborted: unknown[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      handlerTimeoutMs: 10,
      onFailure: retry({ times: 1, backoff }).then("park"),
      handleEvent: async ({ sequenceNumber }, { signal }) => {
        if (sequenceNumber === 2) return;
        signal.addEventListener("abort", () => aborted.push(signal.reason));
        await new Promise(() => {});
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(aborted).toMatchObject([{ code: "HANDLER_TIMED_OUT" }, { code: "HANDLER_TIMED_OUT" }]);
    expect(await parkedOf(stage)).toMatchObject([{ sequenceNumber: 1, attempts: 2 }]);
  });

  it("is identified in a batch by running the batch event by event", async () => {
    await using stage = await openStage();
    await stage.publish(10);
    const batches: (readonly number[])[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      onFailure: retry({ times: 0 }).then("park"),
      handleBatch: (events) => {
        batches.push(events.map(({ sequenceNumber }) => sequenceNumber));
        if (events.some(({ sequenceNumber }) => sequenceNumber === 7)) throw new Error("no 7");
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(batches).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], ...Array.from({ length: 10 }, (_, n) => [n + 1])]);
    expect(await parkedOf(stage)).toMatchObject([{ sequenceNumber: 7 }]);
  });

  it("fails in process() at the first event that it has not acknowledged", async () => {
    await using stage = await openStage();
    await stage.publish(6);
    const seen = new SeenEvents();
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      onFailure: twice.then("park"),
      process: async (events, { acknowledge }) => {
        for await (const event of events) {
          if (event.sequenceNumber === 4) throw new Error("no 4");
          seen.note(event);
          acknowledge(event);
        }
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(seen.numbers).toEqual([1, 2, 3, 5, 6]);
    expect(await parkedOf(stage)).toMatchObject([{ sequenceNumber: 4, attempts: 3, error: "Error: no 4" }]);
  });

  it.each<[string, unknown, string]>([
    ["a text", "plain text", "plain text"],
    ["nothing", undefined, "undefined"],
    ["text that no storage keeps", "a\u0000\ud800", "a\ufffd\ufffd"],
    ["a huge text", "x".repeat(5_000), "x".repeat(2_000)],
    ["an object that cannot be printed", Object.create(null), "What was thrown cannot be printed."],
  ])("may throw %s", async (_, thrown, error) => {
    await using stage = await openStage();
    await stage.publish(1);
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      onFailure: retry({ times: 0 }).then("park"),
      handleEvent: () => {
        throw thrown;
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(await parkedOf(stage)).toMatchObject([{ error }]);
  });

  it("is reported when it is a generator by mistake, because its body would never run", async () => {
    await using stage = await openStage();
    await stage.publish(1);
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      onFailure: retry({ times: 0 }).then("park"),
      handleEvent: async function* () {} as unknown as () => void,
    });
    await consumeAll(things, { storage: stage.storage });
    expect((await parkedOf(stage))[0]?.error).toContain("A handler returned an iterator");
  });
});
