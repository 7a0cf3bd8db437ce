import { getEventListeners } from "node:events";
import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { type EventStorageAdapter, EventStore, nameIn, type StorageScanOptions } from "@eventfold/store";
import { aNewEvent, fail, faultScript, withFaults } from "@eventfold/testing";
import { StorageUnavailableError } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { changedAdapter } from "../src/changed-adapter.ts";

const NAMES = { category: "c", stream: "s" };
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
};

interface Watched {
  readonly adapter: EventStorageAdapter;
  readonly scans: StorageScanOptions[];
  latestCalls: number;
  listeners: number;
}

/** The memory adapter, and what is asked of it. */
async function watchedAdapter(): Promise<Watched> {
  const beneath = await MemoryEventStorageAdapter.open();
  const watched: Watched = {
    scans: [],
    latestCalls: 0,
    listeners: 0,
    adapter: changedAdapter(beneath, {
      latest: (source) => {
        watched.latestCalls += 1;
        return beneath.latest(source);
      },
      scan: (source, options) => {
        watched.scans.push(options);
        return beneath.scan(source, options);
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

  it("asks for no more than what is new, and looks for the newest of all only where it leaves events out", async () => {
    const watched = await watchedAdapter();
    const store = new EventStore({ adapter: watched.adapter });
    await store.stream(NAMES).publish({ events: aNewEvent().withName("plain").buildMany(5) });
    for (const constraints of [[], [nameIn("rare")]]) {
      watched.scans.length = 0;
      const before = (await store.log().latest())?.sequenceNumber ?? 0;
      watched.latestCalls = 0;
      const follower = store.log().follow({ after: before - 5, constraints });
      const seen = constraints.length === 0 ? 5 : 0;
      for (let n = 0; n < seen; n += 1) await follower.next();
      const next = follower.next();
      await turns();
      const [rare] = await store.stream(NAMES).publish({ events: [aNewEvent().withName("rare").build()] });
      expect((await next).value).toEqual(rare);
      expect(watched.scans.map(({ bounds }) => bounds.sequenceNumberAfter)).toEqual([before - 5, before]);
      expect(watched.scans.map(({ isFollowing }) => isFollowing)).toEqual([true, true]);
      expect(watched.latestCalls).toBe(constraints.length === 0 ? 0 : 2);
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

  it("leaves nothing behind, neither at the adapter nor at the signal, however it ends", async () => {
    const watched = await watchedAdapter();
    const store = new EventStore({ adapter: watched.adapter });
    await store.stream(NAMES).publish({ events: aNewEvent().buildMany(1) });
    const controller = new AbortController();
    const broken = store.log().follow({ signal: controller.signal });
    const aborted = store.log().follow({ signal: controller.signal });
    for (const follower of [broken, aborted]) await follower.next();
    expect(watched.listeners).toBe(2);
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
