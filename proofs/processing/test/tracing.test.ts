import { channel, tracingChannel } from "node:diagnostics_channel";
import {
  consumeAll,
  LockManager,
  type ProcessingStorage,
  projectionSubscription,
  retry,
  subscription,
} from "@eventfold/processing";
import type { StoredEvent } from "@eventfold/types";
import { afterEach, describe, expect, it } from "vitest";
import { withChanges } from "../src/changed-storage.ts";
import { openProjectionStage } from "../src/projection-stage.ts";
import { buyerProjector, publishSales } from "../src/sales.ts";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

type Heard = { readonly what: string } & Record<string, unknown>;

let ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends) end();
  ends = [];
});

/** Hears all that a tracing channel says, with what was known at the time. */
function hear(name: string): Heard[] {
  const heard: Heard[] = [];
  const on = tracingChannel(name);
  const note = (what: string) => (message: object) => void heard.push({ what, ...message });
  const subscribers = { start: note("start"), asyncEnd: note("end"), error: note("error") };
  on.subscribe(subscribers as never);
  ends.push(() => on.unsubscribe(subscribers as never));
  return heard;
}

function hearLeases(): Record<string, unknown>[] {
  const heard: Record<string, unknown>[] = [];
  const note = (message: unknown) => void heard.push(message as Record<string, unknown>);
  channel("eventfold:lease").subscribe(note);
  ends.push(() => channel("eventfold:lease").unsubscribe(note));
  return heard;
}

const place = { node: "node-1", subscription: "things", partition: 0, fencingToken: expect.any(Number) };

function thingsOf(stage: Stage, handleEvent: (event: StoredEvent) => void, partitions = 1) {
  const source = stage.store.category("things");
  return subscription({ name: "things", source, partitions, handleEvent, onFailure: retry({ times: 1 }).then("park") });
}

describe("the channel eventfold:process", () => {
  it("reports every try of an event, with the event and how it ended", async () => {
    await using stage = await openStage();
    const published = await stage.publish(2);
    const heard = hear("eventfold:process");
    let failures = 0;
    const things = thingsOf(stage, ({ sequenceNumber }) => {
      if (sequenceNumber === 1 && failures++ === 0) throw new Error("not yet");
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenHandled(things, published);
    const of = (n: number, attempt: number) => ({ ...place, events: [published[n]], attempt });
    expect(heard).toMatchObject([
      { what: "start", ...of(0, 1) },
      { what: "error", ...of(0, 1), error: { message: "not yet" } },
      { what: "end", ...of(0, 1) },
      { what: "start", ...of(0, 2) },
      { what: "end", ...of(0, 2) },
      { what: "start", ...of(1, 1) },
      { what: "end", ...of(1, 1) },
    ]);
  });

  it("reports a batch as one", async () => {
    await using stage = await openStage();
    const published = await stage.publish(3);
    const heard = hear("eventfold:process");
    const source = stage.store.category("things");
    const things = subscription({ name: "things", source, handleBatch: () => {} });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenHandled(things, published);
    expect(heard[0]).toMatchObject({ what: "start", ...place, events: published, attempt: 1 });
  });

  it("reports each event that process() takes, until it is acknowledged", async () => {
    await using stage = await openStage();
    const published = await stage.publish(2);
    const heard = hear("eventfold:process");
    let runs = 0;
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      process: async (events, { acknowledge }) => {
        runs += 1;
        for await (const event of events) {
          if (event.sequenceNumber === 2 && runs === 1) throw new Error("not yet");
          acknowledge(event);
        }
      },
      onFailure: retry({ times: 1 }).then("park"),
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenHandled(things, published);
    const of = (n: number, attempt: number) => ({ ...place, count: 1, events: [published[n]], attempt });
    expect(heard).toMatchObject([
      { what: "start", ...of(0, 1) },
      { what: "end", ...of(0, 1) },
      { what: "start", ...of(1, 1) },
      { what: "error", ...of(1, 1), error: { message: "not yet" } },
      { what: "end", ...of(1, 1) },
      { what: "start", ...of(1, 2) },
      { what: "end", ...of(1, 2) },
    ]);
  });

  it("keeps no large events, nor more than about a hundred, for the save of projections", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections: projectionStore, storage } = stage;
    const large = "x".repeat(20_000);
    await sales.stream("shop-0").publish({
      events: Array.from({ length: 150 }, (_, n) => ({
        name: "sold" as const,
        payload: { buyer: `buyer-${n}`, cents: n },
        metadata: n % 2 === 1 ? { large } : {},
      })),
    });
    const calls = hear("eventfold:process");
    await consumeAll(projectionSubscription({ projector: buyerProjector, source: sales, projectionStore }), {
      storage,
    });
    const told = calls.filter(({ what }) => what === "end").flatMap(({ events }) => events as StoredEvent[]);
    const positions = told.map(({ position }) => position);
    expect(positions).toEqual(Array.from({ length: 75 }, (_, n) => 2 * n));
  });

  it("handles events alike when nobody listens any more", async () => {
    await using stage = await openStage();
    const heard = hear("eventfold:process");
    for (const end of ends.splice(0)) end();
    const seen = new SeenEvents();
    const things = thingsOf(stage, (event) => seen.note(event));
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenHandled(things, await stage.publish(3));
    expect([heard.length, seen.all.length]).toEqual([0, 3]);
  });
});

describe("the channel eventfold:checkpoint", () => {
  it("says from where to where a checkpoint was moved, and with what outcome", async () => {
    await using stage = await openStage();
    const heard = hear("eventfold:checkpoint");
    const things = thingsOf(stage, () => {});
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenHandled(things, await stage.publish(2));
    await broker.stop();
    const moves = heard.filter(({ what }) => what === "end");
    expect(moves[0]).toMatchObject({ ...place, from: 0, isInTransaction: false, result: { kind: "moved" } });
    expect(moves.at(-1)).toMatchObject({ to: 2 });
  });
});

describe("a projection subscription", () => {
  it("tells of each save as one call, and of the checkpoint that commits with it", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections: projectionStore, storage, adapter: transactions } = stage;
    const [calls, moves] = [hear("eventfold:process"), hear("eventfold:checkpoint")];
    await publishSales(sales, { count: 10 });
    const published = await sales.read();
    const buyers = projectionSubscription({ projector: buyerProjector, source: sales, projectionStore, transactions });
    await consumeAll(buyers, { storage });
    const of = { subscription: "buyer@1", partition: 0 };
    const saved = calls.filter(({ what }) => what === "end");
    expect(saved.reduce((sum, { count }) => sum + Number(count), 0)).toBe(10);
    expect(saved.flatMap(({ events }) => events)).toEqual(published);
    expect(saved[0]).toMatchObject({ ...of, attempt: 1 });
    const moved = moves.filter(({ what }) => what === "end");
    expect(moved[0]).toMatchObject({ ...of, from: 0, isInTransaction: true });
  });
});

describe("the channel eventfold:park", () => {
  it("says which event is parked, and why", async () => {
    await using stage = await openStage();
    const heard = hear("eventfold:park");
    const [event] = await stage.publish(1);
    const reason = new Error("in vain");
    const things = thingsOf(stage, () => {
      throw reason;
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await waitFor(() => heard.length === 2);
    expect(heard.at(-1)).toEqual({
      what: "end",
      ...place,
      eventId: event?.id,
      sequenceNumber: 1,
      category: "things",
      stream: "thing-0",
      isWholeStream: false,
      attempts: 2,
      reason,
      result: { kind: "parked" },
    });
  });
});

describe("the channel eventfold:lease", () => {
  it("says what is claimed and released", async () => {
    await using stage = await openStage();
    const heard = hearLeases();
    const things = thingsOf(stage, () => {}, 2);
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    expect(heard).toEqual([0, 1].map((partition) => ({ kind: "claimed", ...place, partition })));
    await broker.stop();
    expect(heard.slice(2)).toEqual([0, 1].map((partition) => ({ kind: "released", ...place, partition })));
  });

  it("says what is lost, and who was taken for dead", async () => {
    await using stage = await openStage();
    const heard = hearLeases();
    const thawed = Promise.withResolvers<void>();
    let isFrozen = false;
    const beat: ProcessingStorage["beat"] = async (request) => {
      if (isFrozen) await thawed.promise;
      return stage.storage.storage.beat(request);
    };
    const storage = withChanges(stage.storage, { beat });
    const frozen = stage.broker({ storage, leaseMs: 100, subscriptions: [thingsOf(stage, () => {})] });
    await frozen.start();
    isFrozen = true;
    await using locks = new LockManager({ name: "watcher", storage: stage.storage, leaseMs: 100 });
    await (await locks.tryLock("any"))?.release(); // from now on it beats
    await waitFor(() => heard.some(({ kind }) => kind === "evicted"));
    expect(heard.at(-1)).toEqual({ kind: "evicted", node: "locks/watcher", evicted: ["node-1"] });
    thawed.resolve();
    isFrozen = false;
    await waitFor(() => heard.some(({ kind }) => kind === "lost"));
    expect(heard.find(({ kind }) => kind === "lost")).toEqual({ kind: "lost", ...place });
  });
});
