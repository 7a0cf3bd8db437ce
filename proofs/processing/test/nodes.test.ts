import { type EventBroker, type ProcessingStorage, type Subscription, subscription } from "@eventfold/processing";
import type { StoredEvent } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { withChanges } from "../src/changed-storage.ts";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

const heldBy = (broker: EventBroker) => broker.status().subscriptions.map(({ held }) => held.length);

function thingsOf(stage: Stage, seen: SeenEvents, partitions: number): Subscription {
  const source = stage.store.category("things");
  return subscription({ name: "things", source, partitions, handleEvent: (event: StoredEvent) => seen.note(event) });
}

/** Waits until all nodes together hold everything, and no two shares differ by more than one. */
async function fairShares(brokers: readonly EventBroker[], partitions: number): Promise<void> {
  await waitFor(() => {
    const counts = brokers.map((broker) => heldBy(broker)[0] ?? 0);
    const sum = counts.reduce((a, b) => a + b, 0);
    return sum === partitions && Math.max(...counts) - Math.min(...counts) <= 1;
  });
}

describe("several brokers", () => {
  it("share the work fairly as nodes come and go, and hand it over without a repeat", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const things = thingsOf(stage, seen, 8);
    const brokers = [1, 2, 3].map(() => stage.broker({ leaseMs: 300, subscriptions: [things] }));
    let published = 0;
    const publish = async () => {
      await stage.publish(60, 20);
      published += 60;
    };
    for (const [n, broker] of brokers.entries()) {
      await broker.start();
      await publish();
      await fairShares(brokers.slice(0, n + 1), 8);
    }
    expect(brokers.map((broker) => heldBy(broker)[0]).toSorted()).toEqual([2, 3, 3]);
    await publish();
    await brokers[0]?.stop();
    await publish();
    await fairShares(brokers.slice(1), 8);
    await brokers[1]?.stop();
    await publish();
    await brokers[2]?.whenCaughtUp(things);
    const byStream = Map.groupBy(seen.all, ({ stream }) => stream);
    expect(seen.all).toHaveLength(published);
    for (const events of byStream.values()) {
      expect(events.map(({ position }) => position)).toEqual(events.map((_, position) => position));
    }
  });

  it("spread subscriptions of one partition over all of them", async () => {
    await using stage = await openStage();
    const source = stage.store.category("things");
    const many = Array.from({ length: 12 }, (_, n) =>
      subscription({ name: `single-${n}`, source, handleEvent: () => {} }),
    );
    const brokers = [1, 2, 3].map(() => stage.broker({ leaseMs: 300, subscriptions: many }));
    for (const broker of brokers) await broker.start();
    const countOf = (broker: EventBroker) => heldBy(broker).reduce((a, b) => a + b, 0);
    await waitFor(() => brokers.every((broker) => countOf(broker) === 4));
  });

  it("leave nodes without a partition waiting when there are more of them", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const things = thingsOf(stage, seen, 2);
    const brokers = [1, 2, 3, 4].map(() => stage.broker({ leaseMs: 300, subscriptions: [things] }));
    for (const broker of brokers) await broker.start();
    await fairShares(brokers, 2);
    const waiting = brokers.filter((broker) => broker.status().state === "waiting");
    expect(waiting).toHaveLength(2);
    const published = await stage.publish(20, 5);
    await waiting[0]?.whenHandled(things, published); // by others, which it learns from the storage
    expect(seen.all).toHaveLength(20);
  });

  it("take over from a frozen one, whose late checkpoint is refused", async () => {
    await using stage = await openStage();
    await stage.publish(3);
    const isFrozen = { now: false };
    const thawed = Promise.withResolvers<void>();
    const { storage: beneath } = stage.storage;
    const late: unknown[] = [];
    const frozenStorage: Partial<ProcessingStorage> = {
      beat: async (request) => {
        if (isFrozen.now) await thawed.promise;
        return beneath.beat(request);
      },
      saveCheckpoints: async (moves) => {
        if (isFrozen.now) await thawed.promise;
        const outcomes = await beneath.saveCheckpoints(moves);
        if (isFrozen.now) late.push(...outcomes);
        return outcomes;
      },
    };
    const seen = new SeenEvents();
    const [first, second] = [new SeenEvents(), new SeenEvents()];
    const signals: AbortSignal[] = [];
    const source = stage.store.category("things");
    const freezing = subscription({
      name: "things",
      source,
      handleEvent: (event, { signal }) => {
        signals.push(signal);
        isFrozen.now = true; // from the first event on
        first.note(event);
        seen.note(event);
      },
    });
    const frozen = stage.broker({
      name: "frozen",
      leaseMs: 150,
      storage: withChanges(stage.storage, frozenStorage),
      subscriptions: [freezing],
    });
    await frozen.start();
    await first.count(3);
    const things = subscription({ name: "things", source, handleEvent: (event) => second.note(event) });
    const living = stage.broker({ name: "living", leaseMs: 150, subscriptions: [things] });
    await living.start();
    const published = await stage.publish(1);
    await living.whenHandled(things, published);
    expect(second.numbers).toEqual([1, 2, 3, 4]); // nothing had been saved
    const handledBefore = first.all.length;
    thawed.resolve();
    await waitFor(() => late.length > 0);
    expect(late).toEqual([{ kind: "lost" }]);
    await waitFor(() => signals.every(({ aborted }) => aborted));
    isFrozen.now = false;
    await living.whenHandled(things, await stage.publish(5));
    expect(first.all.length).toBeLessThanOrEqual(Math.max(4, handledBefore));
    await living.stop();
    await fairShares([frozen], 1); // it lives again, under a new session
    expect(frozen.status().state).not.toBe("stopped");
  });

  it("start no handler once the last beat is too long ago", async () => {
    await using stage = await openStage();
    const hanging = Promise.withResolvers<void>();
    const state = { isHanging: false };
    const beat: ProcessingStorage["beat"] = async (request) => {
      if (state.isHanging) await hanging.promise;
      return stage.storage.storage.beat(request);
    };
    const seen = new SeenEvents();
    const things = thingsOf(stage, seen, 1);
    const storage = withChanges(stage.storage, { beat });
    const broker = stage.broker({ leaseMs: 100, storage, subscriptions: [things] });
    await broker.start();
    await broker.whenHandled(things, await stage.publish(1));
    state.isHanging = true;
    const frozenMs = performance.now();
    await waitFor(() => performance.now() - frozenMs > 250);
    const published = await stage.publish(1);
    await waitFor(() => broker.status().subscriptions[0]?.held[0]?.lag.numbers === 1); // it was read, and could be handled
    expect(seen.all).toHaveLength(1);
    state.isHanging = false;
    hanging.resolve();
    await broker.whenHandled(things, published);
  });

  it("of the same name: the earlier one says so and stops, and does not fight back", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const things = thingsOf(stage, seen, 4);
    const before = stage.broker({ name: "worker", leaseMs: 300, subscriptions: [things] });
    await before.start();
    const rival = stage.broker({ name: "worker", leaseMs: 300, subscriptions: [things] });
    await rival.start();
    await expect(before.done).rejects.toMatchObject({ code: "NODE_REPLACED", node: "worker" });
    await fairShares([rival], 4);
    await rival.whenHandled(things, await stage.publish(10, 5));
    expect(before.status().state).toBe("stopped");
  });

  it("go on from a session that died without a word", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const things = thingsOf(stage, seen, 3);
    const broker = stage.broker({ leaseMs: 150, subscriptions: [things] });
    await broker.start();
    await broker.stop();
    const { storage } = stage.storage;
    const session = "018f0000-0000-7000-8000-000000000001";
    await storage.beginSession({ id: session, name: "dead", leaseMs: 150 });
    const { subscriptions } = await storage.status({ names: ["things"] });
    const partitions = (subscriptions[0]?.status ?? []).map(({ subscription: id, partition, token }) => ({
      subscription: id,
      partition,
      token,
    }));
    expect(await storage.claim({ session, partitions })).toHaveLength(3);
    const heir = stage.broker({ name: "heir", leaseMs: 150, subscriptions: [things] });
    await heir.start();
    expect(heir.status().state).toBe("waiting");
    await fairShares([heir], 3);
    await heir.whenHandled(things, await stage.publish(9, 9));
  });
});
