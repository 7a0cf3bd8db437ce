import { type ControlOptions, consumeAll, ProcessingControl, retry, subscription } from "@eventfold/processing";
import { describe, expect, it } from "vitest";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

async function openThings(partitions: number) {
  const stage = await openStage();
  const seen = new SeenEvents();
  const source = stage.store.category("things");
  const things = subscription({ name: "things", source, partitions, handleEvent: (event) => seen.note(event) });
  const control = new ProcessingControl({ storage: stage.storage });
  return { stage, seen, things, control };
}

async function rowsOf({ storage }: Stage) {
  const { subscriptions } = await storage.storage.status({ names: ["things"] });
  return subscriptions[0]?.status ?? [];
}

describe("EventBroker.whenHandled and EventBroker.whenCaughtUp", () => {
  it("take a subscription of the broker, another one of its name, or the name", async () => {
    const { stage, seen, things } = await openThings(2);
    await using _ = stage;
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    const same = subscription({ name: "things", source: stage.store.category("things"), handleEvent: () => {} });
    for (const to of [things, same, "things"]) {
      const before = seen.all.length;
      await broker.whenHandled(to, await stage.publish(10, 5));
      expect(seen.all).toHaveLength(before + 10);
      await stage.publish(10, 5);
      await broker.whenCaughtUp(to);
      expect(seen.all).toHaveLength(before + 20);
    }
    await expect(broker.whenCaughtUp("others")).rejects.toThrow('a subscription of the name "others"');
  });
});

describe("ProcessingControl", () => {
  it("pauses and resumes partitions that a node holds, between two events", async () => {
    const { stage, seen, things, control } = await openThings(2);
    await using _ = stage;
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenHandled(things, await stage.publish(10, 5));
    await control.pause("things");
    await waitFor(async () => (await rowsOf(stage)).every(({ isPaused }) => isPaused));
    await waitFor(() => broker.status().state === "paused");
    const published = await stage.publish(10, 5);
    await expect(broker.whenHandled(things, published)).rejects.toMatchObject({
      code: "PARTITION_PAUSED",
      reason: undefined,
      message: expect.stringMatching(
        /^The partition [01] of the subscription "things" is paused on request. Resume it with ProcessingControl.resume.$/,
      ),
    });
    expect(seen.all).toHaveLength(10);
    await control.resume("things");
    await waitFor(() => broker.status().state !== "paused");
    await broker.whenHandled(things, published);
    expect(seen.all).toHaveLength(20);
  });

  it("tells when what was asked is carried out", async () => {
    const { stage, seen, things, control } = await openThings(2);
    await using _ = stage;
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenHandled(things, await stage.publish(10, 5));
    await control.pause("things");
    await control.whenCarriedOut("things");
    expect((await rowsOf(stage)).map(({ isPaused, requests }) => [isPaused, requests])).toEqual([
      [true, []],
      [true, []],
    ]);
    await control.reset("things", "beginning");
    await control.resume("things");
    await control.repartition("things", 3);
    await control.whenCarriedOut("things");
    expect(await rowsOf(stage)).toHaveLength(3);
    await broker.whenCaughtUp(things);
    expect(seen.all).toHaveLength(20);
    await control.whenCarriedOut("things"); // there is nothing to wait for
    await expect(control.whenCarriedOut("others")).rejects.toThrow(RangeError);
  });

  it("gives up waiting for what is not carried out when the time is over, or its signal says so", async () => {
    const { stage, things, control } = await openThings(1);
    await using _ = stage;
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.stop();
    expect(await control.replay("things")).toEqual([{ partition: 0, kind: "waiting" }]);
    await expect(control.whenCarriedOut("things", { timeoutMs: 20 })).rejects.toMatchObject({ code: "WAIT_TIMED_OUT" });
    const signal = AbortSignal.abort(new Error("no longer wanted"));
    await expect(control.whenCarriedOut("things", { signal })).rejects.toThrow("no longer wanted");
  });

  it("lets nobody who waits be told of a pause that a request ends which is not carried out yet", async () => {
    const { stage, seen, things, control } = await openThings(2);
    await using _ = stage;
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    for (let n = 1; n <= 5; n += 1) {
      await control.pause("things");
      await control.whenCarriedOut("things");
      const published = await stage.publish(10, 5);
      await expect(broker.whenCaughtUp(things)).rejects.toMatchObject({ code: "PARTITION_PAUSED" });
      expect((await control.resume("things")).map(({ kind }) => kind)).toEqual(["waiting", "waiting"]);
      await Promise.all([broker.whenCaughtUp(things), control.whenHandled(things, published)]);
      expect(seen.all).toHaveLength(n * 10);
    }
    await control.resume("things");
    await control.pause("things");
    await control.whenCarriedOut("things");
    await stage.publish(1);
    await expect(broker.whenCaughtUp(things)).rejects.toMatchObject({ code: "PARTITION_PAUSED" });
  });

  it("pauses free partitions at once", async () => {
    const { stage, things, control } = await openThings(2);
    await using _ = stage;
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.stop();
    expect(await control.pause("things", { partitions: [1] })).toEqual([{ partition: 1, kind: "done" }]);
    expect((await rowsOf(stage)).map(({ isPaused }) => isPaused)).toEqual([false, true]);
    await expect(control.pause("others")).rejects.toThrow(RangeError);
  });

  it.each([
    [{ partitions: [2] }, RangeError, 'A partition of "things" must be an integer from 0 to 1, got 2.'],
    [{ partitions: [0, -1] }, RangeError, "from 0 to 1, got -1"],
    [{ partitions: [0.5] }, RangeError, "from 0 to 1, got 0.5"],
    [{ partitions: ["0"] }, TypeError, "must be a number, got string"],
    [{ partitions: [] }, RangeError, "Leave them out to ask all."],
    [{ partitions: 0 }, TypeError, "must be a list"],
    [{ partition: [0] }, TypeError, 'no member "partition"'],
  ])("asks no partition where it is given %j", async (options, kind, message) => {
    const { stage, things, control } = await openThings(2);
    await using _ = stage;
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.stop();
    const refused = control.pause("things", options as ControlOptions);
    await expect(refused).rejects.toThrow(kind);
    await expect(refused).rejects.toThrow(message);
    expect((await rowsOf(stage)).map(({ isPaused }) => isPaused)).toEqual([false, false]);
  });

  it.each([
    [{ kind: "al" }, TypeError],
    [{}, TypeError],
    [null, TypeError],
    ["all", TypeError],
    [{ kind: "event" }, TypeError],
    [{ kind: "event", sequenceNumber: 0 }, RangeError],
    [{ kind: "stream", category: "things" }, TypeError],
    [{ kind: "event", sequenceNumber: 1, stream: "thing-0" }, TypeError],
  ])("drops and replays nothing that is selected by %j", async (selection, kind) => {
    const { stage, control } = await openThings(1);
    await using _ = stage;
    const parking = subscription({
      name: "things",
      source: stage.store.category("things"),
      onFailure: retry({ times: 0 }).then("park"),
      handleEvent: () => Promise.reject(new Error("No.")),
    });
    await stage.publish(2);
    await consumeAll(parking, { storage: stage.storage });
    await expect(control.drop("things", selection as never)).rejects.toThrow(kind);
    await expect(control.replay("things", selection as never)).rejects.toThrow(kind);
    expect((await rowsOf(stage)).map(({ parked, requests }) => [parked, requests])).toEqual([[2, []]]);
  });

  it("resets to an earlier place, after which everything is handled again, and to a later one", async () => {
    const { stage, seen, things, control } = await openThings(1);
    await using _ = stage;
    const published = await stage.publish(6);
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    await control.reset("things", { sequenceNumber: 3, eventId: published[2]?.id });
    await seen.count(9);
    expect(seen.numbers).toEqual([1, 2, 3, 4, 5, 6, 4, 5, 6]);
    await control.reset("things", "beginning");
    await seen.count(15);
    await waitFor(() => broker.status().state === "live");
    expect(seen.numbers.slice(9)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("notices that a checkpoint belongs to another log, and goes on once it is reset", async () => {
    const { stage, seen, things, control } = await openThings(1);
    await using _ = stage;
    await stage.publish(3);
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    await control.reset("things", { sequenceNumber: 2, eventId: "018f0000-0000-7000-8000-00000000ffff" });
    await waitFor(() => broker.status().state === "failed");
    expect(stage.told.at(-1)).toMatchObject({ code: "CHECKPOINT_AHEAD_OF_LOG", sequenceNumber: 2, partition: 0 });
    await control.reset("things", { sequenceNumber: 99_999 });
    await waitFor(() => stage.told.some((error) => (error as { sequenceNumber?: number }).sequenceNumber === 99_999));
    expect(seen.all).toHaveLength(3);
    await waitFor(async () => (await rowsOf(stage))[0]?.error?.includes("99999") === true);
    await control.reset("things", "beginning");
    await seen.count(6);
    await waitFor(async () => (await rowsOf(stage))[0]?.error === undefined);
  });

  it.each([
    [2, 5],
    [5, 2],
    [3, 1],
  ])("repartitions from %d to %d without a repeat while events come", async (from, to) => {
    const { stage, seen, things, control } = await openThings(from);
    await using _ = stage;
    await stage.publish(100, 10);
    const brokers = [1, 2].map(() => stage.broker({ leaseMs: 300, subscriptions: [things] }));
    for (const broker of brokers) await broker.start();
    await seen.count(20);
    await control.repartition("things", to);
    await stage.publish(100, 10);
    await waitFor(async () => (await rowsOf(stage)).length === to);
    await stage.publish(50, 10);
    await brokers[0]?.whenCaughtUp(things);
    expect(seen.all).toHaveLength(250);
    for (const events of Map.groupBy(seen.all, ({ stream }) => stream).values()) {
      expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 25 }, (_, position) => position));
    }
  });

  it("lists what is parked page by page", async () => {
    const { stage, things, control } = await openThings(1);
    await using _ = stage;
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.stop();
    const pages = control.parked("things");
    expect(await pages.next()).toEqual({ done: true, value: undefined });
    expect((await control.status()).subscriptions.map(({ name }) => name)).toEqual(["things"]);
  });
});
