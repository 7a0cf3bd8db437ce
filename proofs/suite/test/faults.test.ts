import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore } from "@eventfold/store";
import {
  aNewEvent,
  delay,
  type FaultPlan,
  fail,
  faultScript,
  loseReply,
  randomFaults,
  seededRandom,
  withFaults,
} from "@eventfold/testing";
import { StorageBusyError, StorageUnavailableError } from "@eventfold/types";
import { describe, expect, it } from "vitest";

const NAMES = { category: "c", stream: "s" };
const events = aNewEvent().buildMany(2);

async function storeWith(plan: FaultPlan): Promise<{ faulty: EventStore; sound: EventStore }> {
  const adapter = await MemoryEventStorageAdapter.open();
  return { faulty: new EventStore({ adapter: withFaults(adapter, plan) }), sound: new EventStore({ adapter }) };
}

describe("withFaults", () => {
  it("fails a call before it reaches the storage", async () => {
    const { faulty, sound } = await storeWith(faultScript({ save: [undefined, fail(new StorageBusyError("busy"))] }));
    await faulty.stream(NAMES).publish({ events });
    await expect(faulty.stream(NAMES).publish({ events })).rejects.toMatchObject({ code: "STORAGE_BUSY" });
    expect(await sound.log().read()).toHaveLength(2);
    await faulty.stream(NAMES).publish({ events });
    expect(await sound.log().read()).toHaveLength(4);
  });

  it("loses the reply after the write", async () => {
    const { faulty, sound } = await storeWith(faultScript({ save: [loseReply(new StorageUnavailableError("cut"))] }));
    await expect(faulty.stream(NAMES).publish({ events })).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    expect(await sound.log().read()).toHaveLength(2);
  });

  it("strikes the steps of scans and listings", async () => {
    const own = new Error("own");
    const { faulty } = await storeWith(faultScript({ scan: [undefined, fail(own)], streams: [fail(own)] }));
    await faulty.stream(NAMES).publish({ events });
    await expect(faulty.log().read()).rejects.toBe(own);
    await expect(faulty.category("c").streams().next()).rejects.toBe(own);
    expect(await faulty.log().read()).toHaveLength(2);
  });

  it("strikes what is done within a transaction, which then rolls back", async () => {
    const adapter = withFaults(
      await MemoryEventStorageAdapter.open(),
      faultScript({ save: [undefined, fail(new StorageBusyError("busy"))] }),
    );
    const store = new EventStore({ adapter });
    const transaction = adapter.transaction?.(async (tx) => {
      for (let n = 0; n < 2; n += 1) await store.within(tx).stream(NAMES).publish({ events });
    });
    await expect(transaction).rejects.toMatchObject({ code: "STORAGE_BUSY" });
    expect(await store.log().read()).toEqual([]);
  });

  it("drops and delays wake-ups", async () => {
    const adapter = withFaults(
      await MemoryEventStorageAdapter.open(),
      faultScript({ onChange: [fail(new Error("lost")), delay(1)] }),
    );
    const store = new EventStore({ adapter });
    const woken = Promise.withResolvers<void>();
    let calls = 0;
    adapter.onChange(() => {
      calls += 1;
      woken.resolve();
    });
    await store.stream(NAMES).publish({ events });
    await store.stream(NAMES).publish({ events });
    expect(calls).toBe(0);
    await woken.promise;
    expect(calls).toBe(1);
  });

  it("draws the same faults from the same seed", async () => {
    const drawn = async (): Promise<boolean[]> => {
      const plan = randomFaults({
        random: seededRandom(11),
        probability: 0.5,
        faults: [fail(new StorageBusyError("busy"))],
      });
      const { faulty } = await storeWith(plan);
      const stream = faulty.stream(NAMES);
      const outcomes: boolean[] = [];
      for (let n = 0; n < 20; n += 1)
        outcomes.push(
          await stream.publish({ events }).then(
            () => true,
            () => false,
          ),
        );
      return outcomes;
    };
    expect(await drawn()).toEqual(await drawn());
    expect(new Set(await drawn()).size).toBe(2);
  });

  it("refuses an invalid delay", () => {
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => delay(ms)).toThrow(RangeError);
  });
});
