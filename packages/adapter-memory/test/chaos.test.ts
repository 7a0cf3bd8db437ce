import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore, StorageUnavailableError } from "@eventfold/store";
import { chosenSeed, delay, fail, loseReply, randomFaults, seededRandom, withFaults } from "@eventfold/testing";
import { chaosWorkload } from "@eventfold/testing/chaos";
import { assertHistory, operationsOf, recordHistory } from "@eventfold/testing/history";
import { describe, expect, it } from "vitest";

const calls = process.env.EVENTFOLD_SOAK ? 2_000 : 200;
const seed = chosenSeed();

describe("callers whose calls fail, wait and lose their replies", () => {
  it(`leave a history that the contract allows (seed ${seed})`, async () => {
    const cut = new StorageUnavailableError("cut");
    const faults = [fail(cut), loseReply(cut), delay(0), delay(1)];
    const plan = randomFaults({
      random: seededRandom(seed),
      probability: 0.2,
      faults,
      calls: ["save", "scan", "latest"],
    });
    const adapter = await MemoryEventStorageAdapter.open();
    const { store, history } = recordHistory(new EventStore({ adapter: withFaults(adapter, plan) }));
    await chaosWorkload(store, { random: seededRandom(seed), callers: 8, calls });
    const reading = recordHistory(new EventStore({ adapter }), { process: "last reading" });
    await reading.store.log().read();
    const operations = operationsOf(history());
    assertHistory([...history(), ...reading.history()]);
    expect(operations.filter(({ outcome }) => outcome?.kind === "repeat")).not.toEqual([]);
    await adapter.close();
  });
});
