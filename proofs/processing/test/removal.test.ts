import { randomUUID } from "node:crypto";
import { ProcessingControl, retry, subscription } from "@eventfold/processing";
import { StorageUnavailableError } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { withChanges } from "../src/changed-storage.ts";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

async function openThings() {
  const stage = await openStage();
  const seen = new SeenEvents();
  const source = stage.store.category("things");
  const things = subscription({
    name: "things",
    source,
    partitions: 2,
    onFailure: retry({ times: 0 }).then("park"),
    handleEvent: (event) => {
      seen.note(event);
      if (event.position === 3) throw new Error("This one cannot be handled.");
    },
  });
  const control = new ProcessingControl({ storage: stage.storage });
  return { stage, seen, things, control };
}

async function namesOf({ storage }: Stage): Promise<readonly string[]> {
  return (await storage.storage.status({ names: undefined })).subscriptions.map(({ name }) => name);
}

/** A session that claims everything, and never beats again. */
async function leaveDeadNode({ storage: { storage } }: Stage, leaseMs: number): Promise<string> {
  const session = randomUUID();
  await storage.beginSession({ id: session, name: "dead", leaseMs });
  const { subscriptions } = await storage.status({ names: ["things"] });
  const ids = subscriptions.map(({ id }) => id);
  await storage.beat({ session, name: "dead", subscriptions: ids });
  const partitions = subscriptions.flatMap(({ status }) => status);
  await storage.claim({ session, partitions });
  return session;
}

describe("ProcessingControl.remove", () => {
  it("removes what nobody runs, and a broker that is given it later begins anew", async () => {
    const { stage, seen, things, control } = await openThings();
    await using _ = stage;
    const first = stage.broker({ subscriptions: [things] });
    await first.start();
    await first.whenHandled(things, await stage.publish(4, 4));
    await first.stop();
    await control.remove("things");
    expect(await namesOf(stage)).toEqual([]);
    await expect(control.remove("things")).rejects.toThrow(RangeError);
    const second = stage.broker({ subscriptions: [things] });
    await second.start();
    await second.whenCaughtUp(things);
    expect(seen.numbers.toSorted((a, b) => a - b)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });

  it("refuses while a node has a handler for it, as soon as it is seen to beat", async () => {
    const { stage, seen, things, control } = await openThings();
    await using _ = stage;
    const broker = stage.broker({ leaseMs: 300, subscriptions: [things] });
    await broker.start();
    const dead = await leaveDeadNode(stage, 60_000);
    await expect(control.remove("things")).rejects.toMatchObject({
      code: "SUBSCRIPTION_BUSY",
      nodes: ["node-1"],
      isRetryable: true,
      message:
        'The subscription "things" cannot be removed: node-1 works on it. Stop them, or take it out of what they are given, first.',
    });
    await stage.storage.storage.endSession(dead);
    await broker.whenHandled(things, await stage.publish(4, 4));
    expect(seen.all).toHaveLength(4);
    const { sessions } = await control.status();
    expect(sessions.map(({ name }) => name)).toEqual(["node-1"]);
  });

  it("takes a node for dead that is not seen to beat for its lease", async () => {
    const { stage, things, control } = await openThings();
    await using _ = stage;
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.stop();
    await leaveDeadNode(stage, 200);
    await control.remove("things");
    expect(await control.status()).toEqual({ sessions: [], subscriptions: [] });
  });

  it("gives up waiting for a lease when the time is over, or its signal says so", async () => {
    const { stage, things, control } = await openThings();
    await using _ = stage;
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.stop();
    await leaveDeadNode(stage, 60_000);
    await expect(control.remove("things", { timeoutMs: 20 })).rejects.toMatchObject({ code: "WAIT_TIMED_OUT" });
    const signal = AbortSignal.abort(new Error("no longer wanted"));
    await expect(control.remove("things", { signal })).rejects.toThrow("no longer wanted");
    expect(await namesOf(stage)).toEqual(["things"]);
    expect((await control.status()).sessions.map(({ name }) => name)).toEqual(["dead"]);
  });

  it("passes on that the storage cannot be reached while it waits", async () => {
    const { stage, things } = await openThings();
    await using _ = stage;
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.stop();
    await leaveDeadNode(stage, 60_000);
    let beats = 0;
    const storage = withChanges(stage.storage, {
      beat: async (request) => {
        beats += 1;
        if (beats > 1) throw new StorageUnavailableError("The storage is down.");
        return stage.storage.storage.beat(request);
      },
    });
    const removing = new ProcessingControl({ storage }).remove("things");
    await expect(removing).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    expect(await namesOf(stage)).toEqual(["things"]);
  });

  it("refuses to give up parked events, unless that is said", async () => {
    const { stage, things, control } = await openThings();
    await using _ = stage;
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenHandled(things, await stage.publish(12, 3)); // the fourth event of each stream is parked
    await broker.stop();
    await expect(control.remove("things")).rejects.toMatchObject({
      code: "PARKED_EVENTS_LEFT",
      parked: 3,
      isRetryable: false,
      message:
        'The subscription "things" was not removed: 3 of its events are parked, and nobody could replay them any more. Replay or drop them first, or remove it "withParked".',
    });
    await expect(control.remove("things", { withParked: "yes" as never })).rejects.toThrow(TypeError);
    await expect(control.remove("things", { withparked: true } as never)).rejects.toThrow(TypeError);
    await control.remove("things", { withParked: true });
    expect(await namesOf(stage)).toEqual([]);
  });
});

describe("a node whose subscription was removed", () => {
  it("stops with an error when it was frozen meanwhile, and stores nothing", async () => {
    const { stage, things, control } = await openThings();
    await using _ = stage;
    const woken = Promise.withResolvers<void>();
    let isFrozen = false;
    const storage = withChanges(stage.storage, {
      beat: async (request) => {
        if (isFrozen) await woken.promise;
        return stage.storage.storage.beat(request);
      },
    });
    const broker = stage.broker({ name: "frozen", leaseMs: 150, storage, subscriptions: [things] });
    await broker.start();
    isFrozen = true;
    await control.remove("things");
    isFrozen = false;
    woken.resolve();
    await expect(broker.done).rejects.toMatchObject({
      code: "SUBSCRIPTION_REMOVED",
      subscription: "things",
      node: "frozen",
      isRetryable: false,
    });
    await waitFor(async () => (await control.status()).sessions.length === 0);
    expect(await namesOf(stage)).toEqual([]);
  });

  it("does not start when that was between its first two steps, and begins anew when it is started again", async () => {
    const { stage, seen, things, control } = await openThings();
    await using _ = stage;
    let isFirst = true;
    const storage = withChanges(stage.storage, {
      beginSession: async (beginning) => {
        if (isFirst) await control.remove("things");
        isFirst = false;
        return stage.storage.storage.beginSession(beginning);
      },
    });
    const broker = stage.broker({ storage, subscriptions: [things] });
    await expect(broker.start()).rejects.toMatchObject({ code: "SUBSCRIPTION_REMOVED" });
    await broker.start();
    await broker.whenHandled(things, await stage.publish(2, 2));
    expect(seen.all).toHaveLength(2);
  });
});
