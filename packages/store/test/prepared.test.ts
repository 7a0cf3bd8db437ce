import { describe, expect, it } from "vitest";
import type { PreparedEvent, SaveResult } from "../src/adapter/index.ts";
import {
  anyOf,
  EventStore,
  type EventStoreOptions,
  type NewEvent,
  newEvent,
  newEventId,
  positionIs,
  predicate,
  StorageUnavailableError,
  streamExists,
  streamIsEmpty,
} from "../src/index.ts";
import { adapterOn, scriptedStorage } from "./stand-in-storage.ts";

const NAMES = { category: "accounts", stream: "acc-1" };
const stored: SaveResult = { kind: "stored", events: [[]] };
const time = new Date("2026-01-01T00:00:00.000Z");

/** The event as a store with these options hands it to its adapter. */
async function prepared(event: object, options: Partial<EventStoreOptions> = {}): Promise<PreparedEvent | undefined> {
  const storage = scriptedStorage({ answers: [stored] });
  const store = new EventStore({ ...options, adapter: adapterOn(storage) });
  await store.stream(NAMES).publish({ events: [{ name: "opened", payload: null, ...event } as NewEvent] });
  return storage.requests[0]?.writes[0]?.events[0];
}

describe("the metadata of an event", () => {
  it.each([
    ["none", {}, null],
    ["null", { metadata: null }, null],
    ["its own", { metadata: { by: "me" } }, '{"by":"me"}'],
    ["its own, which is not an object", { metadata: [0] }, "[0]"],
  ])("is, where the store has none, %s", async (_, event, metadata) => {
    const { metadata: text, parsed } = (await prepared(event)) ?? {};
    expect([text, parsed?.metadata]).toEqual([metadata, metadata === null ? null : JSON.parse(metadata)]);
  });

  it.each([
    ["of a store", { by: "store", at: 1 }],
    ["of a store, made for each publish", () => ({ by: "store", at: 1 })],
  ])("is merged over that %s", async (_, metadata) => {
    expect((await prepared({}, { metadata }))?.metadata).toBe('{"by":"store","at":1}');
    expect((await prepared({ metadata: null }, { metadata }))?.metadata).toBe('{"by":"store","at":1}');
    expect((await prepared({ metadata: { by: "me" } }, { metadata }))?.metadata).toBe('{"by":"me","at":1}');
    expect((await prepared({ metadata: "mine" }, { metadata }))?.metadata).toBe('"mine"');
  });
});

describe("a publish whose reply is lost", () => {
  const event = { id: newEventId(), name: "opened", payload: { a: 1 }, version: 2, observedAt: time, occurredAt: time };

  it("carries the prepared events, to be published again", async () => {
    const lost = new StorageUnavailableError("cut");
    const storage = scriptedStorage({ answers: [lost] });
    const events = [event, { ...event, id: newEventId(), metadata: { by: "me" }, tags: ["a", "b"] }];
    const error = await new EventStore({ adapter: adapterOn(storage) })
      .stream(NAMES)
      .publish({ events })
      .catch((each) => each);
    expect(error).toMatchObject({ code: "STORAGE_UNAVAILABLE", message: "cut", cause: lost });
    expect(error.preparedWrites).toStrictEqual([{ ...NAMES, events }]);
  });

  it("rejects with the adapter's own error where that carries them already", async () => {
    const lost = new StorageUnavailableError("cut", { preparedWrites: [{ ...NAMES, events: [event] }] });
    const storage = scriptedStorage({ answers: [lost] });
    await expect(
      new EventStore({ adapter: adapterOn(storage) }).stream(NAMES).publish({ events: [event] }),
    ).rejects.toBe(lost);
  });
});

describe("a publish to several streams, some with a predicate", () => {
  const events = [{ name: "opened", payload: null }];
  const entries = [
    { ...NAMES, events, condition: positionIs(3) },
    { ...NAMES, stream: "acc-2", events, condition: predicate("is opened", (latest) => latest?.name === "opened") },
  ];
  const latest = { name: "opened", position: 7 } as never;

  it("judges each as it asks", async () => {
    const storage = scriptedStorage({ latest: [latest], answers: [{ kind: "stored", events: [[], []] }] });
    await new EventStore({ adapter: adapterOn(storage) }).publish(entries);
    const allowed = storage.requests[0]?.writes.map((write) => write.allowed?.positions);
    expect(allowed).toEqual([[3], [7]]);
  });

  it("asks nothing of a stream that needs nothing to hold", async () => {
    const storage = scriptedStorage({ answers: [stored, stored] });
    const stream = new EventStore({ adapter: adapterOn(storage) }).stream(NAMES);
    await stream.publish({ events });
    await stream.publish({ events, condition: anyOf(streamIsEmpty(), streamExists()) });
    expect(storage.requests.map(({ writes }) => writes[0]?.allowed)).toEqual([undefined, undefined]);
  });

  it("is done again when a rival came between for one of them, whatever else is unmet", async () => {
    const unmet = [
      { write: 0, latestPosition: 4 },
      { write: 1, latestPosition: 8 },
    ];
    const storage = scriptedStorage({
      latest: [latest, latest],
      answers: [
        { kind: "unmet", unmet },
        { kind: "unmet", unmet: unmet.slice(0, 1) },
      ],
    });
    await expect(new EventStore({ adapter: adapterOn(storage) }).publish(entries)).rejects.toMatchObject({
      latestPosition: 4,
    });
    expect(storage.requests).toHaveLength(2);
  });
});

describe("names and ids", () => {
  const storage = scriptedStorage({ answers: [] });
  const store = new EventStore({ adapter: adapterOn(storage) });
  const events = [{ name: "opened", payload: null }];

  it("may be as long as their kind allows, and no longer", async () => {
    const invalid = { code: "INVALID_NAME" };
    await expect(store.categories({ after: "x".repeat(129) }).next()).rejects.toMatchObject(invalid);
    await expect(
      store
        .category("c")
        .streams({ after: "x".repeat(513) })
        .next(),
    ).rejects.toMatchObject(invalid);
    expect(
      await store
        .category("c")
        .streams({ after: "x".repeat(512) })
        .next(),
    ).toMatchObject({ done: true });
    const long = { ...NAMES, stream: "x".repeat(513), events };
    await expect(store.publish([long])).rejects.toMatchObject(invalid);
  });

  it("an invalid id has no event, unless the storage is closed, which then says so", async () => {
    const asked: string[] = [];
    const eventById = async (id: string): Promise<undefined> => void asked.push(id);
    expect(await new EventStore({ adapter: adapterOn({ ...storage, eventById }) }).eventById("none")).toBeUndefined();
    expect(asked).toEqual([]);
    await new EventStore({ adapter: adapterOn({ ...storage, eventById, isClosed: true }) }).eventById("none");
    expect(asked).toEqual(["none"]);
  });
});

it("newEvent keeps what is given, and makes up the rest", () => {
  const id = newEventId();
  const given = { id, name: "opened", payload: 1, version: 3, observedAt: time, occurredAt: new Date(0) };
  expect(newEvent(given)).toEqual(given);
  const made = newEvent({ name: "opened", payload: 1, observedAt: time });
  expect(made).toEqual({ ...made, name: "opened", payload: 1, version: 1, observedAt: time, occurredAt: time });
  expect(newEvent({ name: "opened", payload: 1 }).observedAt).toBeInstanceOf(Date);
});
