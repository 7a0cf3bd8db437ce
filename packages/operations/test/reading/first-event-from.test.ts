import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { findFirstEventFrom } from "../../src/index.ts";

const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n));

/** A hundred events, one a minute; every third is in the category `odd`. */
async function openLog() {
  const adapter = await MemoryEventStorageAdapter.open();
  const store = new EventStore({ adapter });
  for (let n = 0; n < 100; n += 1) {
    const events = [{ name: "passed", payload: { n }, observedAt: minute(n) }];
    await store.stream({ category: n % 3 === 0 ? "odd" : "even", stream: "s" }).publish({ events });
  }
  return { adapter, store, [Symbol.asyncDispose]: () => adapter.close() };
}

describe("findFirstEventFrom", () => {
  it("finds the first event at or after a time, in the log, a category and a stream", async () => {
    await using log = await openLog();
    const events = await log.store.log().read();
    for (const source of [
      { kind: "log" },
      { kind: "category", category: "odd" },
      { kind: "stream", category: "odd", stream: "s" },
    ] as const) {
      const within = events.filter(({ category }) => source.kind === "log" || category === "odd");
      for (const time of [
        minute(-5),
        minute(0),
        minute(1),
        minute(50),
        new Date(minute(50).getTime() + 1),
        minute(99),
      ]) {
        const expected = within.find(({ observedAt }) => observedAt >= time)?.sequenceNumber;
        const found = await findFirstEventFrom(log.adapter, { source, time });
        expect(found?.sequenceNumber, `${source.kind} from ${time.toISOString()}`).toBe(expected);
      }
    }
  });

  it("finds nothing after the newest event, and in an empty log", async () => {
    await using log = await openLog();
    expect(await findFirstEventFrom(log.adapter, { source: { kind: "log" }, time: minute(100) })).toBeUndefined();
    await using empty = await MemoryEventStorageAdapter.open();
    expect(await findFirstEventFrom(empty, { source: { kind: "log" }, time: minute(0) })).toBeUndefined();
  });
});
