import { describe, expect, it } from "vitest";
import type { SaveResult } from "../src/adapter/index.ts";
import {
  EventStore,
  isEventfoldError,
  newEvent,
  not,
  predicate,
  StorageUnavailableError,
  type StoredEvent,
  streamExists,
  taggedWith,
} from "../src/index.ts";
import { adapterOn, scriptedStorage } from "./stand-in-storage.ts";

const at = (position: number): StoredEvent => ({ name: "opened", position }) as StoredEvent;
const unmetAt = (latestPosition: number | undefined): SaveResult => ({
  kind: "unmet",
  unmet: [{ write: 0, latestPosition }],
});
const stored: SaveResult = { kind: "stored", events: [[at(9)]] };
const names = { category: "accounts", stream: "acc-1" };
const events = [{ name: "opened", payload: null }];
const ID = "00000000-0000-7000-8000-000000000001";

describe("a publish with a predicate", () => {
  it("is read, answered, and published with the position that was read", async () => {
    const storage = scriptedStorage({ latest: [at(4)], answers: [stored] });
    const condition = predicate("is opened", (latest) => latest?.name === "opened");
    await new EventStore({ adapter: adapterOn(storage) }).stream(names).publish({ events, condition });
    expect(storage.requests[0]?.writes[0]?.allowed).toEqual({ positions: [4], complement: false });
  });

  it("is done again while rivals come between, and not longer", async () => {
    const storage = scriptedStorage({
      latest: [at(4), at(5), at(6)],
      answers: [unmetAt(5), unmetAt(6), unmetAt(6)],
    });
    const condition = predicate("is at most 5", (latest) => (latest?.position ?? 0) <= 5);
    const publish = new EventStore({ adapter: adapterOn(storage) }).stream(names).publish({ events, condition });
    await expect(publish).rejects.toMatchObject({ code: "UNMET_WRITE_CONDITION", latestPosition: 6, condition });
    expect(storage.requests.map(({ writes }) => writes[0]?.allowed?.positions)).toEqual([[4], [5], []]);
  });

  it("rejects with what the predicate throws, unless the publish is a repeat", async () => {
    const error = new Error("mine");
    const condition = not(
      predicate("throws", () => {
        throw error;
      }),
    );
    const refusing = scriptedStorage({ latest: [at(4)], answers: [unmetAt(4)] });
    const repeating = scriptedStorage({ latest: [at(4)], answers: [{ kind: "repeat", events: [[at(4)]] }] });
    const publish = { events, condition };
    await expect(new EventStore({ adapter: adapterOn(refusing) }).stream(names).publish(publish)).rejects.toBe(error);
    const repeat = await new EventStore({ adapter: adapterOn(repeating) }).stream(names).publish(publish);
    expect(repeat.isRepeat).toBe(true);
    expect(repeat).toEqual([at(4)]);
  });

  it("does not read where every condition is closed", async () => {
    const storage = scriptedStorage({ latest: [], answers: [stored] });
    await new EventStore({ adapter: adapterOn(storage) }).stream(names).publish({ events, condition: streamExists() });
    expect(storage.requests[0]?.writes[0]?.allowed).toEqual({ positions: [-1], complement: true });
  });
});

describe("a publish whose reply is lost", () => {
  it("rejects with the prepared events, which can be published again as they are", async () => {
    const storage = scriptedStorage({ answers: [new StorageUnavailableError("cut off"), stored] });
    const stream = new EventStore({ adapter: adapterOn(storage) }).stream(names);
    const error: unknown = await stream.publish({ events }).catch((reason: unknown) => reason);
    if (!isEventfoldError(error, "STORAGE_UNAVAILABLE")) throw error;
    expect(error.isRetryable).toBe(true);
    const [prepared] = error.preparedWrites;
    expect(prepared).toMatchObject({ ...names, events });
    await stream.publish({ events: prepared?.events ?? [] });
    expect(storage.requests[1]).toEqual(storage.requests[0]);
  });
});

describe("newEvent", () => {
  it("completes an event, and keeps what it has", () => {
    const occurredAt = new Date(0);
    const event = newEvent({ name: "opened", payload: 1, occurredAt, version: 3 });
    expect(event).toEqual({ ...event, name: "opened", payload: 1, occurredAt, version: 3 });
    expect(event.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(newEvent(event)).toEqual(event);
  });
});

describe("an entry of a stream", () => {
  const stored: SaveResult = { kind: "stored", events: [[at(0)], [], [at(1)]] };

  it("is plain, frozen data, with nothing that was not given", () => {
    const stream = new EventStore({ adapter: adapterOn(scriptedStorage({ answers: [] })) }).stream(names);
    const entry = stream.entry({ events });
    expect(Object.entries(entry)).toEqual(Object.entries({ ...names, events }));
    expect(Object.isFrozen(entry)).toBe(true);
    expect(stream.entry({ condition: streamExists() })).toEqual({ ...names, condition: streamExists() });
    for (const bad of [undefined, null, 5, { events, failIf: taggedWith("a") }])
      expect(() => stream.entry(bad as never)).toThrow(TypeError);
  });

  it("is published as a literal is, beside others and by a bound store too", async () => {
    const storage = scriptedStorage({ answers: [stored, stored] });
    const store = new EventStore({ adapter: adapterOn(storage), newId: () => ID });
    const orders = store.category("orders");
    const made = [
      store.stream(names).entry({ events }),
      orders.stream("o-1").entry({ condition: streamExists() }),
      orders.stream("o-2").entry({ events: [newEvent({ name: "placed", payload: { total: 5 } })] }),
    ] as const;
    expect(await store.publish(made)).toEqual(stored.events);
    await store.within({ storage }).publish(made.map((entry) => ({ ...entry })));
    const [first, second] = storage.requests.map(({ writes }) =>
      writes.map(({ category, stream }) => [category, stream]),
    );
    expect(first).toEqual([
      ["accounts", "acc-1"],
      ["orders", "o-1"],
      ["orders", "o-2"],
    ]);
    expect(second).toEqual(first);
  });

  it("without events or a condition is refused when it is published", async () => {
    const store = new EventStore({ adapter: adapterOn(scriptedStorage({ answers: [] })) });
    const entry = store.stream(names).entry({} as never);
    await expect(store.publish([entry])).rejects.toThrow(RangeError);
  });

  it("is refused by another category, and taken by its own", async () => {
    const storage = scriptedStorage({ answers: [{ kind: "stored", events: [[at(0)]] }] });
    const store = new EventStore({ adapter: adapterOn(storage) });
    const streams = [store.stream(names).entry({ events })];
    await expect(store.category("orders").publish({ streams })).rejects.toThrow(
      'Entry 0 is of the category "accounts", but this publishes to "orders". Publish to several categories by `store.publish`.',
    );
    expect(storage.requests).toEqual([]);
    await store.category("accounts").publish({ streams });
    expect(storage.requests[0]?.writes[0]).toMatchObject(names);
  });
});
