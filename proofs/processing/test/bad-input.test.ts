import {
  consumeAll,
  EventBroker,
  exponentialBackoff,
  ProcessingControl,
  projectionSubscription,
  retry,
  subscription,
} from "@eventfold/processing";
import type { StoredEvent } from "@eventfold/types";
import { StorageUnavailableError } from "@eventfold/types";
import { afterEach, describe, expect, it, vi } from "vitest";
import { withChanges } from "../src/changed-storage.ts";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

const backoff = exponentialBackoff({ firstMs: 1, longestMs: 1 });

afterEach(() => {
  vi.useRealTimers();
});

describe("a handler that settles after its time", () => {
  it.each(["succeeds", "fails"])("and %s then changes nothing: its event is done once, by a later try", async (how) => {
    await using stage = await openStage();
    await stage.publish(3);
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on("unhandledRejection", note);
    const late = Promise.withResolvers<void>();
    const tries: number[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      handlerTimeoutMs: 20,
      onFailure: retry({ times: 3, backoff }).then("park"),
      handleEvent: async ({ sequenceNumber }) => {
        tries.push(sequenceNumber);
        if (tries.length === 2) await late.promise;
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(tries).toEqual([1, 2, 2, 3]);
    if (how === "succeeds") late.resolve();
    else late.reject(new Error("too late"));
    await new Promise(setImmediate);
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
    const { subscriptions } = await stage.storage.storage.status({ names: ["things"] });
    expect(subscriptions[0]?.status).toMatchObject([{ checkpoint: { sequenceNumber: 3 }, parked: 0 }]);
  });
});

describe("a misspelt option", () => {
  it("is refused by a broker, by consumeAll and by a projection subscription", async () => {
    await using stage = await openStage();
    const { storage } = stage;
    const things = subscription({ name: "things", source: stage.store.category("things"), handleEvent: () => {} });
    expect(() => stage.broker({ subscriptions: [things], leaseMS: 500 } as never)).toThrow('no member "leaseMS"');
    await expect(consumeAll(things, { storage, timeout: 500 } as never)).rejects.toThrow('no member "timeout"');
    expect(() => projectionSubscription({ partition: 8 } as never)).toThrow('no member "partition"');
    expect(() => new EventBroker(undefined as never)).toThrow("must be an object, got undefined");
  });
});

describe("process()", () => {
  it("that throws after it has acknowledged is started again behind what it acknowledged", async () => {
    await using stage = await openStage();
    await stage.publish(5);
    const runs: number[][] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      onFailure: retry({ times: 3, backoff }).then("park"),
      process: async (events, { acknowledge }) => {
        const taken: number[] = [];
        runs.push(taken);
        for await (const event of events) {
          taken.push(event.sequenceNumber);
          acknowledge(event);
          if (runs.length === 1 && event.sequenceNumber === 2) throw new Error("after the acknowledgement");
        }
      },
    });
    await consumeAll(things, { storage: stage.storage });
    expect(runs.slice(0, 2)).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    expect(stage.told).toEqual([]);
  });

  it("that acknowledges what it was never given, or twice, or after its end, does no harm", async () => {
    await using stage = await openStage();
    const published = await stage.publish(4);
    const taken: number[] = [];
    const lateAcknowledgements: (() => void)[] = [];
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      process: async (events, { acknowledge }) => {
        for await (const event of events) {
          taken.push(event.sequenceNumber);
          const [last] = published.slice(-1);
          if (last !== undefined && event !== last) lateAcknowledgements.push(() => acknowledge(last));
          acknowledge(event);
          acknowledge(event);
          if (event.sequenceNumber === 2) return;
        }
      },
    });
    await consumeAll(things, { storage: stage.storage });
    for (const acknowledge of lateAcknowledgements) acknowledge();
    expect(taken).toEqual([1, 2, 3, 4]);
  });
});

describe("a storage that is down for longer than a lease", () => {
  it("costs no node its partitions, and nothing is handled twice", async () => {
    await using stage = await openStage();
    const state = { isDown: false };
    const seen = new SeenEvents();
    const nodes = [0, 1].map(() => {
      const things = subscription({
        name: "things",
        source: stage.store.category("things"),
        partitions: 4,
        handleEvent: (event) => seen.note(event),
      });
      const storage = downWhile(stage, state);
      return { things, broker: stage.broker({ leaseMs: 150, storage, subscriptions: [things] }) };
    });
    for (const { broker } of nodes) await broker.start();
    const sharesOf = () =>
      nodes.map(({ broker }) => broker.status().subscriptions[0]?.held.map(({ partition }) => partition));
    await waitFor(() => sharesOf().every((held) => held?.length === 2));
    const shares = sharesOf();
    await stage.publish(20, 8);
    await seen.count(20);
    state.isDown = true;
    const downSinceMs = performance.now();
    await stage.publish(20, 8);
    await waitFor(() => performance.now() - downSinceMs > 450);
    state.isDown = false;
    for (const { things, broker } of nodes) await broker.whenCaughtUp(things);
    expect(sharesOf()).toEqual(shares);
    expect(seen.numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  });

  function downWhile({ storage: adapter }: Stage, state: { readonly isDown: boolean }) {
    const { storage } = adapter;
    const check = () => {
      if (state.isDown) throw new StorageUnavailableError("The storage is down.");
    };
    return withChanges(adapter, {
      async beat(request) {
        check();
        return storage.beat(request);
      },
      async claim(request) {
        check();
        return storage.claim(request);
      },
      async evict(stalled) {
        check();
        return storage.evict(stalled);
      },
      async saveCheckpoints(moves) {
        check();
        return storage.saveCheckpoints(moves);
      },
    });
  }
});

describe("a clock that jumps", () => {
  it.each([86_400_000, -86_400_000])("by %d ms makes no node lose anything", async (jumpMs) => {
    await using stage = await openStage();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const seen = new SeenEvents();
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      partitions: 4,
      handleEvent: (event) => seen.note(event),
    });
    const brokers = [0, 1].map(() => stage.broker({ leaseMs: 150, subscriptions: [things] }));
    for (const broker of brokers) await broker.start();
    await waitFor(() => brokers.every((broker) => broker.status().subscriptions[0]?.held.length === 2));
    const tokensOf = async () => {
      const { subscriptions } = await stage.storage.storage.status({ names: ["things"] });
      return subscriptions[0]?.status.map(({ token }) => token);
    };
    const tokens = await tokensOf();
    await stage.publish(10, 8);
    vi.setSystemTime(Date.now() + jumpMs);
    await stage.publish(10, 8);
    const jumpedMs = performance.now();
    await waitFor(() => performance.now() - jumpedMs > 300); // two leases
    await brokers[0]?.whenCaughtUp(things);
    expect(await tokensOf()).toEqual(tokens);
    expect(seen.all).toHaveLength(20);
    expect(stage.told).toEqual([]);
  });
});

describe("a parked event whose stream has gone on", () => {
  it("is replayed once, behind what came later, and moves no checkpoint back", async () => {
    await using stage = await openStage();
    await stage.publish(6);
    const seen: number[] = [];
    const state = { isMended: false };
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      onFailure: retry({ times: 0 }).then("park"),
      handleEvent: ({ sequenceNumber }: StoredEvent) => {
        if (sequenceNumber === 2 && !state.isMended) throw new Error("not now");
        seen.push(sequenceNumber);
      },
    });
    await consumeAll(things, { storage: stage.storage });
    await stage.publish(2);
    state.isMended = true;
    await new ProcessingControl(stage).replay("things", { kind: "stream", category: "things", stream: "thing-0" });
    await consumeAll(things, { storage: stage.storage });
    await waitFor(async () => {
      const { subscriptions } = await stage.storage.storage.status({ names: ["things"] });
      return subscriptions[0]?.status[0]?.parked === 0;
    });
    expect(seen.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(seen.indexOf(2)).toBeGreaterThan(seen.indexOf(6));
    const { subscriptions } = await stage.storage.storage.status({ names: ["things"] });
    expect(subscriptions[0]?.status).toMatchObject([{ checkpoint: { sequenceNumber: 8 } }]);
  });
});

describe("the status", () => {
  it.each([["things"], [[7]], [null]])("is refused for %j, before the storage is asked", async (names) => {
    await using stage = await openStage();
    await expect(new ProcessingControl(stage).status(names as unknown as string[])).rejects.toThrow(TypeError);
  });
});
