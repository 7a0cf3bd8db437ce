import { getEventListeners } from "node:events";
import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { type EventStorageAdapter, EventStore, nameIn } from "@eventfold/store";
import type { StorageScanOptions } from "@eventfold/store/adapter";
import { aNewEvent, fail, faultScript, withFaults } from "@eventfold/testing";
import { StorageUnavailableError } from "@eventfold/types";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { changedAdapter } from "../src/changed-adapter.ts";

const NAMES = { category: "c", stream: "s" };
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
};

interface Watched {
  readonly adapter: EventStorageAdapter;
  readonly scans: StorageScanOptions[];
  /** Of how many places it was asked what is new, each time. */
  readonly questions: number[];
  horizonCalls: number;
  listeners: number;
}

/** The memory adapter, and what is asked of it. */
async function watchedAdapter(): Promise<Watched> {
  const beneath = await MemoryEventStorageAdapter.open();
  const watched: Watched = {
    scans: [],
    questions: [],
    horizonCalls: 0,
    listeners: 0,
    adapter: changedAdapter(beneath, {
      horizon: (source) => {
        watched.horizonCalls += 1;
        return beneath.storage.horizon(source);
      },
      scan: (source, options) => {
        watched.scans.push(options);
        return beneath.storage.scan(source, options);
      },
      newsOf: (places) => {
        watched.questions.push(places.length);
        return beneath.newsOf(places);
      },
      onChange: (listener) => {
        watched.listeners += 1;
        const end = beneath.onChange(listener);
        return () => {
          watched.listeners -= 1;
          end();
        };
      },
    }),
  };
  return watched;
}

describe("a follower", () => {
  it("goes on, with a warning, when the storage cannot be reached for a while", async () => {
    const error = new StorageUnavailableError("cut");
    const plan = faultScript({ scan: [fail(error), undefined, fail(error)] });
    const warnings: unknown[] = [];
    const logger = {
      debug: () => {},
      info: () => {},
      error: () => {},
      warn: (...args: unknown[]) => void warnings.push(args),
    };
    const store = new EventStore({ adapter: withFaults(await MemoryEventStorageAdapter.open(), plan), logger });
    const stored = await store.stream(NAMES).publish({ events: aNewEvent().buildMany(3) });
    for (const follower of [store.log().follow(), store.log().follow({ signal: new AbortController().signal })]) {
      for (const event of stored) expect((await follower.next()).value).toEqual(event);
      expect(await follower.return?.(undefined)).toEqual({ done: true, value: undefined });
    }
    const warning = [{ error, source: { kind: "log" } }, "Following was interrupted and goes on."];
    expect(warnings).toEqual([warning, warning]);
  });

  it("ends with an error that no repetition helps", async () => {
    const own = new Error("mine");
    const adapter = withFaults(await MemoryEventStorageAdapter.open(), faultScript({ scan: [fail(own)] }));
    await expect(new EventStore({ adapter }).log().follow().next()).rejects.toBe(own);
  });

  it("rejects with the signal's reason while it waits for the storage", async () => {
    const fault = fail(new StorageUnavailableError("cut"));
    const adapter = withFaults(await MemoryEventStorageAdapter.open(), faultScript({ scan: Array(50).fill(fault) }));
    const controller = new AbortController();
    const step = new EventStore({ adapter }).log().follow({ signal: controller.signal }).next();
    await turns();
    controller.abort("enough");
    await expect(step).rejects.toBe("enough");
  });

  it("asks for no more than what is new, and for the horizon only where it leaves events out and is behind", async () => {
    const watched = await watchedAdapter();
    const store = new EventStore({ adapter: watched.adapter });
    await store.stream(NAMES).publish({ events: aNewEvent().withName("plain").buildMany(5) });
    for (const constraints of [[], [nameIn("rare")]]) {
      watched.scans.length = 0;
      const before = (await store.log().latest())?.sequenceNumber ?? 0;
      watched.horizonCalls = 0;
      const follower = store.log().follow({ after: before - 5, constraints });
      const seen = constraints.length === 0 ? 5 : 0;
      for (let n = 0; n < seen; n += 1) await follower.next();
      const next = follower.next();
      await turns();
      const [rare] = await store.stream(NAMES).publish({ events: [aNewEvent().withName("rare").build()] });
      expect((await next).value).toEqual(rare);
      expect(watched.scans.map(({ bounds }) => bounds.sequenceNumberAfter)).toEqual([before - 5, before]);
      expect(watched.scans.map(({ isFollowing }) => isFollowing)).toEqual([true, true]);
      expect(watched.horizonCalls).toBe(constraints.length === 0 ? 0 : 1);
      const waiting = follower.next();
      await turns();
      const asked = watched.scans.length;
      await turns();
      expect(watched.scans).toHaveLength(asked);
      await follower.return?.(undefined);
      expect(await waiting).toMatchObject({ done: true });
      await store.stream(NAMES).publish({ events: aNewEvent().withName("plain").buildMany(5) });
    }
  });

  it("asks with all others once after a wake-up, and reads once for all who have come as far", async () => {
    const watched = await watchedAdapter();
    const stores = [new EventStore({ adapter: watched.adapter }), new EventStore({ adapter: watched.adapter })];
    const publish = (category: string) =>
      (stores[0] as EventStore).stream({ category, stream: "s" }).publish({ events: aNewEvent().buildMany(1) });
    const [first] = await publish("c");
    const followers = stores.flatMap((store) =>
      [[], [nameIn(first?.name ?? "")]].flatMap((constraints) =>
        ["c", "d", "e"].map((category) => store.category(category).follow({ constraints })),
      ),
    );
    const mine = followers.filter((_, index) => index % 3 === 0);
    for (const follower of mine) expect((await follower.next()).value).toEqual(first);
    const steps = followers.map((follower) => follower.next());
    await turns();
    for (let n = 0; n < 3; n += 1) {
      watched.scans.length = 0;
      watched.questions.length = 0;
      const [published] = await publish("c");
      for (const [index, step] of steps.entries()) {
        if (index % 3 !== 0) continue;
        expect((await step).value).toEqual(published);
        steps[index] = (followers[index] as AsyncIterator<never>).next();
      }
      await turns();
      expect(watched.questions).toHaveLength(1);
      expect(watched.scans).toHaveLength(1);
    }
    for (const follower of followers) await follower.return?.(undefined);
  });

  it("holds up no other, and has nothing kept for it, while its consumer is busy", async () => {
    const watched = await watchedAdapter();
    const store = new EventStore({ adapter: watched.adapter });
    const publish = () => store.stream(NAMES).publish({ events: aNewEvent().buildMany(2) });
    const [first] = await publish();
    const busy = store.log().follow();
    expect((await busy.next()).value).toEqual(first);
    const quick = store.log().follow();
    for (let n = 0; n < 2; n += 1) await quick.next();
    watched.scans.length = 0;
    for (let n = 0; n < 5; n += 1) {
      const step = quick.next();
      const [published] = await publish();
      expect((await step).value).toEqual(published);
      await quick.next();
    }
    expect(watched.scans).toHaveLength(5); // of the quick one alone
    const all = await store.log().read();
    for (const event of all.slice(1)) expect((await busy.next()).value).toEqual(event);
    for (const follower of [busy, quick]) await follower.return?.(undefined);
  });

  it("goes on, with a warning, when new events cannot be determined for a while, and ends when nothing helps", async () => {
    const error = new StorageUnavailableError("cut");
    const warnings: unknown[] = [];
    const logger = { debug() {}, info() {}, error() {}, warn: (...args: unknown[]) => void warnings.push(args) };
    const own = new Error("mine");
    const plan = faultScript({ newsOf: [fail(error), undefined, fail(own)] });
    const adapter = withFaults(await MemoryEventStorageAdapter.open(), plan);
    const store = new EventStore({ adapter, logger });
    const follower = store.log().follow();
    const step = follower.next();
    await turns();
    const [first] = await store.stream(NAMES).publish({ events: aNewEvent().buildMany(1) });
    expect((await step).value).toEqual(first);
    expect(warnings).toEqual([[{ error, source: { kind: "log" } }, "Following was interrupted and goes on."]]);
    const last = follower.next();
    last.catch(() => {});
    await turns();
    await store.stream(NAMES).publish({ events: aNewEvent().buildMany(1) });
    await expect(last).rejects.toBe(own);
  });

  it("looks again by itself while something is held back, and then no more", async () => {
    const beneath = await MemoryEventStorageAdapter.open();
    const answers: boolean[] = [];
    const adapter = changedAdapter(beneath, {
      onChange: () => () => {}, // as when a writer rolls back: nobody is woken
      newsOf: async (places) => {
        const isHeldBack = answers.push(true) <= 5;
        if (isHeldBack) return places.map(() => ({ isReadable: false, isHeldBack }));
        if (answers.length === 6)
          await new EventStore({ adapter: beneath }).stream(NAMES).publish({ events: aNewEvent().buildMany(1) });
        return beneath.newsOf(places);
      },
    });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const follower = new EventStore({ adapter }).log().follow();
    const first = follower.next();
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await first).value).toMatchObject({ position: 0 });
    expect(answers).toHaveLength(6);
    const waiting = follower.next();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(answers).toHaveLength(6);
    await follower.return?.(undefined);
    await waiting;
  });

  it("leaves nothing behind, neither at the adapter nor at the signal, however it ends", async () => {
    const watched = await watchedAdapter();
    const store = new EventStore({ adapter: watched.adapter });
    await store.stream(NAMES).publish({ events: aNewEvent().buildMany(1) });
    const controller = new AbortController();
    const broken = store.log().follow({ signal: controller.signal });
    const aborted = store.log().follow({ signal: controller.signal });
    for (const follower of [broken, aborted]) await follower.next();
    expect(watched.listeners).toBe(1); // for all of them
    await broken.return?.(undefined);
    expect(watched.listeners).toBe(1);
    const waiting = aborted.next();
    controller.abort("enough");
    await expect(waiting).rejects.toBe("enough");
    expect(watched.listeners).toBe(0);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("cannot be had of a transaction", async () => {
    const adapter = await MemoryEventStorageAdapter.open();
    const store = new EventStore({ adapter });
    await adapter.transaction(async (tx) => {
      await expect(store.within(tx).log().follow().next()).rejects.toThrow(TypeError);
    });
  });
});
