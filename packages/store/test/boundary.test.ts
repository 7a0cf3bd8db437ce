import { describe, expect, it } from "vitest";
import type { SaveResult, StorageBoundary } from "../src/adapter/index.ts";
import {
  EventStore,
  type EventTranslation,
  eventsMatch,
  newEventId,
  type StoredEvent,
  taggedWith,
} from "../src/index.ts";
import { adapterOn, scriptedStorage } from "./stand-in-storage.ts";

const NAMES = { category: "courses", stream: "c1" };
const time = new Date("2026-01-01T00:00:00.000Z");

function stored(sequenceNumber: number, own: Partial<StoredEvent>): StoredEvent {
  return {
    ...{ id: newEventId(), name: "enrolled", payload: null, metadata: null, version: 1 },
    ...{ observedAt: time, occurredAt: time, tags: [], ...NAMES, position: sequenceNumber - 1, sequenceNumber },
    ...own,
  };
}

/** A store on a storage with this boundary, and what it asks of the storage. */
function storeWith(boundary: StorageBoundary, ...answers: readonly SaveResult[]) {
  const asked: unknown[] = [];
  const storage = {
    ...scriptedStorage({ answers }),
    boundary: async (items: unknown) => {
      asked.push(items);
      return boundary;
    },
  };
  return { store: new EventStore({ adapter: adapterOn(storage) }), asked, requests: storage.requests };
}

/** Reads "old" as an enrolment and a payment, and other names as they are. */
const TRANSLATION: EventTranslation<{ enrolled: unknown; paid: unknown }> = {
  storedNames: (names) => [...names, "old"],
  mayReadAsNone: () => false,
  encode: () => [],
  decode: (events) => ({
    events: events.flatMap((event) =>
      event.name === "old" ? ["enrolled", "paid"].map((name, part) => ({ ...event, name, part })) : [event],
    ),
  }),
};

describe("a boundary", () => {
  it("asks for what is not superfluous, and publishes on what it was asked for", async () => {
    const { store, asked, requests } = storeWith({ events: [], after: 7 }, { kind: "stored", events: [[]] });
    const query = eventsMatch({ names: ["enrolled"], tags: ["a"] }, taggedWith("a"));
    const { events, changed } = await store.boundary(query);
    expect(events).toEqual([]);
    expect(changed).toEqual({ kind: "boundary-changed", query, after: 7 });
    expect(Object.isFrozen(changed)).toBe(true);
    await store.stream(NAMES).publish({ events: [{ name: "enrolled", payload: null }], failIf: changed });
    expect(asked).toEqual([[{ tags: ["a"] }]]);
    expect(requests[0]?.failIf).toEqual({ items: [{ tags: ["a"] }], after: 7 });
  });

  it("is read, and published on, with the names under which its events are stored", async () => {
    const all = [
      stored(1, { name: "old", tags: ["a"] }),
      stored(2, { tags: ["a"] }),
      stored(3, { name: "old", tags: ["b"] }),
    ];
    const { store, asked, requests } = storeWith({ events: all, after: 3 }, { kind: "stored", events: [[]] });
    const query = eventsMatch({ names: ["enrolled"], tags: ["a"] }, taggedWith("b"));
    const { events, changed } = await store.boundary(query, { events: TRANSLATION });
    expect(events.map(({ sequenceNumber, name, part }) => [sequenceNumber, name, part])).toEqual([
      [1, "enrolled", 0],
      [2, "enrolled", undefined],
      [3, "enrolled", 0],
      [3, "paid", 1],
    ]);
    const items = expect.arrayContaining([{ names: ["enrolled", "old"], tags: ["a"] }, { tags: ["b"] }]);
    expect(asked).toEqual([items]);
    expect(changed).toEqual({ kind: "boundary-changed", query: { kind: "events-match", items }, after: 3 });
    await store.publish([{ ...NAMES, events: [{ name: "enrolled", payload: null }] }], { failIf: changed });
    expect(requests[0]?.failIf).toEqual({ items, after: 3 });
  });

  it("rejects with why an event of it cannot be read", async () => {
    const error = new Error("unreadable");
    const event = stored(1, { tags: ["a"] });
    const { store } = storeWith({ events: [event], after: 1 });
    const events: EventTranslation = { ...TRANSLATION, decode: () => ({ events: [], failure: { event, error } }) };
    await expect(store.boundary(taggedWith("a"), { events })).rejects.toBe(error);
  });

  it("is refused without a query, and with what are no definitions", async () => {
    const { store } = storeWith({ events: [], after: 0 });
    await expect(store.boundary({ kind: "name-in", names: ["a"] } as never)).rejects.toThrow(TypeError);
    await expect(store.boundary(taggedWith("a"), { events: {} as never })).rejects.toThrow(TypeError);
  });
});

describe("a publish that is refused for a match", () => {
  it("says which event matched, above which number, and what was asked", async () => {
    const { store } = storeWith({ events: [], after: 5 }, { kind: "matched", sequenceNumber: 9 });
    const query = taggedWith("a");
    const { changed } = await store.boundary(query);
    const publish = store.stream(NAMES).publish({ events: [{ name: "enrolled", payload: null }], failIf: changed });
    await expect(publish).rejects.toMatchObject({
      ...{ name: "EventsMatchedError", code: "EVENTS_MATCHED", isRetryable: false, sequenceNumber: 9, after: 5, query },
      message:
        "The event with sequence number 9 matches the query of failIf, published since the boundary was read (after sequence number 5). Nothing was stored. Read the boundary again and decide again, as retryOnUnmetCondition does.",
    });
  });

  it("says so of a query alone", async () => {
    const { store } = storeWith({ events: [], after: 0 }, { kind: "matched", sequenceNumber: 2 });
    const publish = store.stream(NAMES).publish({ events: [{ name: "x", payload: 1 }], failIf: taggedWith("a") });
    await expect(publish).rejects.toThrow(
      "The event with sequence number 2 matches the query of failIf. Nothing was stored.",
    );
  });
});
