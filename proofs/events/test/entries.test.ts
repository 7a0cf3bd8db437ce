import { MemoryEventStorageAdapter, MemoryProcessingStorageAdapter } from "@eventfold/adapter-memory";
import { dateCodec, defineEvents, event } from "@eventfold/events";
import { consumeAll, subscription } from "@eventfold/processing";
import { EventStore } from "@eventfold/store";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";

const noteEvents = defineEvents({
  noted: event({ schema: z.object({ at: z.date(), by: z.string().default("nobody") }), codecs: { at: dateCodec } }),
});
const noted = (ms: number) => ({ name: "noted", payload: { at: new Date(ms) } }) as const;

async function openStore(): Promise<EventStore> {
  return new EventStore({ adapter: await MemoryEventStorageAdapter.open() });
}

describe("entries of streams with definitions", () => {
  it("are encoded when several streams are published to, and returned as they are read", async () => {
    const store = await openStore();
    const notes = store.category("notes", { events: noteEvents });
    const plain = store.stream<{ counted: { n: number } }>({ category: "counts", stream: "c" });
    const [first, second] = await store.publish([
      notes.stream("a").entry({ events: [noted(5)] }),
      plain.entry({ events: [{ name: "counted", payload: { n: 1 } }] }),
    ]);
    expectTypeOf(first[0]?.payload.at).toEqualTypeOf<Date | undefined>();
    expectTypeOf(second[0]?.payload.n).toEqualTypeOf<number | undefined>();
    expect(first.map(({ payload }) => payload)).toEqual([{ at: new Date(5), by: "nobody" }]);
    expect(await notes.stream("a").raw().read()).toMatchObject([
      { payload: { at: "1970-01-01T00:00:00.005Z", by: "nobody" } },
    ]);
    const [again] = await notes.publish({ streams: [notes.stream("b").entry({ events: [noted(6)] })] });
    expect(again).toMatchObject([{ stream: "b", payload: { at: new Date(6) } }]);
  });

  it("are refused where they do not fit, by the compiler and by their schema", async () => {
    const store = await openStore();
    const notes = store.category("notes", { events: noteEvents });
    // @ts-expect-error -- no date
    const entry = notes.stream("a").entry({ events: [{ name: "noted", payload: { at: "today" } }] });
    await expect(store.publish([entry])).rejects.toMatchObject({
      code: "INVALID_EVENT",
      path: "[0].events[0].payload.at",
    });
    expect(await notes.read()).toEqual([]);
  });

  it("are encoded when a handler publishes them", async () => {
    const store = await openStore();
    const notes = store.category("notes", { events: noteEvents });
    await store.stream({ category: "things", stream: "t" }).publish({ events: [{ name: "happened", payload: null }] });
    const things = subscription({
      name: "things",
      source: store.category("things"),
      handleEvent: (_, { publish }) => {
        publish(store, [notes.stream("a").entry({ events: [noted(5)] })]);
        publish(store, [notes.stream("a").entry({ events: [noted(6)] })]);
      },
    });
    await consumeAll(things, { storage: await MemoryProcessingStorageAdapter.open() });
    expect((await notes.read()).map(({ payload }) => payload.at)).toEqual([new Date(5), new Date(6)]);
  });
});
