import { MemoryEventStorageAdapter, MemoryProjectionStorageAdapter } from "@eventfold/adapter-memory";
import { inlineProjection, ProjectionStore, projectorFor } from "@eventfold/projections";
import { EventStore, type InlineHook, type OrderingGuarantee } from "@eventfold/store";
import { beforeEach, describe, expect, it } from "vitest";

interface Events {
  readonly registered: { readonly email: string };
  readonly visited: { readonly page: string };
}

interface Visits {
  readonly email: string;
  readonly visits: number;
}

const visits = {
  initialState: (): Visits => ({ email: "", visits: 0 }),
  handlers: {
    registered: (state: Visits, { payload }: { readonly payload: { readonly email: string } }) => ({
      ...state,
      email: payload.email,
    }),
    visited: (state: Visits) => ({ ...state, visits: state.visits + 1 }),
  },
};
const all = projectorFor<Visits, Events>()({ name: "all", source: "log", id: () => "all", ...visits });
const ofCategory = projectorFor<Visits, Events>()({
  name: "category",
  source: "category",
  id: (_, { category }) => category,
  ...visits,
});
const perPage = projectorFor<Visits, Events>()({
  name: "page",
  source: "category",
  key: (event) => (event.name === "visited" ? event.payload.page : undefined),
  ...visits,
});
const byEmail = projectorFor<Visits, Events>()({
  name: "user",
  id: (state, { stream }) => (state.email === "" ? stream : state.email),
  ...visits,
});

const visited = (page = "/") => ({ name: "visited", payload: { page } }) as const;
const registered = (email: string) => ({ name: "registered", payload: { email } }) as const;

let adapter: MemoryEventStorageAdapter;
let store: ProjectionStore;

beforeEach(async () => {
  adapter = await MemoryEventStorageAdapter.open();
  store = new ProjectionStore({ adapter: await MemoryProjectionStorageAdapter.open({ shareWith: adapter }) });
});

function streamOf(events: EventStore, stream = "u-1", category = "users") {
  return events.stream<Events>({ category, stream });
}

describe("new EventStore({ inline })", () => {
  it("refuses an adapter without transactions", () => {
    const { isClosed, orderingGuarantee, capabilities, storage, onChange } = adapter;
    const without = {
      isClosed,
      orderingGuarantee,
      capabilities,
      storage,
      onChange,
    } as unknown as MemoryEventStorageAdapter;
    const inline = [inlineProjection({ projector: byEmail, store, category: "users" })];
    expect(() => new EventStore({ adapter: without, inline })).toThrow(/transactions/);
    expect(new EventStore({ adapter: without, inline: [] })).toBeInstanceOf(EventStore);
  });

  it.each<[OrderingGuarantee, OrderingGuarantee, boolean]>([
    ["stream", "stream", true],
    ["stream", "category", false],
    ["stream", "log", false],
    ["category", "category", true],
    ["category", "log", false],
    ["log", "log", true],
  ])(
    "over a log ordered by %s takes a hook that needs the order of a %s: %s",
    async (orderingGuarantee, needsOrder, isTaken) => {
      const ordered = await MemoryEventStorageAdapter.open({ orderingGuarantee });
      const hook: InlineHook = { needsOrder, run: async () => {} };
      const make = (): EventStore => new EventStore({ adapter: ordered, inline: [hook] });
      if (isTaken) expect(make()).toBeInstanceOf(EventStore);
      else expect(make).toThrow(TypeError);
    },
  );

  it("runs hooks in order, with the events of the publish by sequence number", async () => {
    const seen: (readonly [string, readonly number[]])[] = [];
    const hook = (name: string): InlineHook => ({
      needsOrder: "stream",
      run: async ({ events }) => void seen.push([name, events.map(({ sequenceNumber }) => sequenceNumber)]),
    });
    const events = new EventStore({ adapter, inline: [hook("first"), hook("second")] });
    await events.publish<Events>([
      { category: "b", stream: "x", events: [visited(), visited()] },
      { category: "a", stream: "y", events: [visited()] },
    ]);
    expect(seen).toEqual([
      ["first", [1, 2, 3]],
      ["second", [1, 2, 3]],
    ]);
  });

  it("refuses a projection store that does not share with the event adapter, and stores nothing", async () => {
    const alone = new ProjectionStore({ adapter: await MemoryProjectionStorageAdapter.open() });
    const inline = [inlineProjection({ projector: byEmail, store: alone, category: "users" })];
    const events = new EventStore({ adapter, inline });
    await expect(streamOf(events).publish({ events: [visited()] })).rejects.toMatchObject({
      code: "UNSUITABLE_TRANSACTION",
    });
    expect(await events.log().latest()).toBeUndefined();
  });

  it("reports a hook that publishes on the outer store", async () => {
    const hook: InlineHook = {
      needsOrder: "stream",
      run: async () => void (await streamOf(events).publish({ events: [visited()] })),
    };
    const events: EventStore = new EventStore({ adapter, inline: [hook] });
    await expect(streamOf(events).publish({ events: [visited()] })).rejects.toMatchObject({ code: "NESTED_PUBLISH" });
  });
});

describe("inlineProjection", () => {
  it("projects a category, and only that", async () => {
    const events = new EventStore({
      adapter,
      inline: [inlineProjection({ projector: ofCategory, store, category: "users" })],
    });
    await streamOf(events, "u-1").publish({ events: [visited()] });
    await streamOf(events, "u-2").publish({ events: [visited(), visited()] });
    await streamOf(events, "u-1", "others").publish({ events: [visited()] });
    expect((await store.search()).items).toMatchObject([{ id: "users", state: { visits: 3 }, lastSequenceNumber: 3 }]);
  });

  it("projects the log, with what was published before", async () => {
    await streamOf(new EventStore({ adapter })).publish({ events: [visited()] });
    const events = new EventStore({ adapter, inline: [inlineProjection({ projector: all, store })] });
    await streamOf(events, "x", "others").publish({ events: [visited()] });
    expect((await store.load({ name: "all", id: "all" }))?.state).toEqual({ email: "", visits: 2 });
  });

  it("feeds one projection for each key", async () => {
    const events = new EventStore({
      adapter,
      inline: [inlineProjection({ projector: perPage, store, category: "users" })],
    });
    await streamOf(events, "u-1").publish({ events: [visited("/a"), visited("/b"), registered("x@y"), visited("/a")] });
    await streamOf(events, "u-2").publish({ events: [visited("/a")] });
    const expected = await perPage.projectMany(events.category<Events>("users"));
    expect((await store.search()).items).toEqual(expected.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
    expect(expected.map(({ id, state }) => [id, state.visits])).toEqual([
      ["/a", 3],
      ["/b", 1],
    ]);
  });

  it("moves a projection whose id changes with its state", async () => {
    const events = new EventStore({
      adapter,
      inline: [inlineProjection({ projector: byEmail, store, category: "users" })],
    });
    await streamOf(events).publish({ events: [visited()] });
    await streamOf(events).publish({ events: [registered("ada@example.com")] });
    await streamOf(events).publish({ events: [visited()] });
    expect((await store.search()).items.map(({ id, state }) => [id, state])).toEqual([
      ["ada@example.com", { email: "ada@example.com", visits: 2 }],
    ]);
  });

  it("refuses a publish that would give two sources one id", async () => {
    const events = new EventStore({
      adapter,
      inline: [inlineProjection({ projector: byEmail, store, category: "users" })],
    });
    await streamOf(events, "u-1").publish({ events: [registered("ada@example.com")] });
    await expect(streamOf(events, "u-2").publish({ events: [registered("ada@example.com")] })).rejects.toMatchObject({
      code: "PROJECTION_ID_TAKEN",
      id: "ada@example.com",
    });
    expect((await events.log().read()).length).toBe(1);
  });

  it("writes the version of its projector, whichever is active", async () => {
    const options = { store, category: "users" };
    const next = projectorFor<Visits, Events>()({ name: "user", version: 2, ...visits });
    const old = projectorFor<Visits, Events>()({ name: "user", version: 1, ...visits });
    await streamOf(new EventStore({ adapter, inline: [inlineProjection({ projector: old, ...options })] })).publish({
      events: [visited()],
    });
    await streamOf(new EventStore({ adapter, inline: [inlineProjection({ projector: next, ...options })] })).publish({
      events: [visited()],
    });
    const users = store.of(next);
    expect(await users.load({ id: "u-1" })).toMatchObject({ projectorVersion: 1, state: { visits: 1 } });
    expect(await users.activate()).toBe(1);
    expect(await users.load({ id: "u-1" })).toMatchObject({ projectorVersion: 2, state: { visits: 2 } });
  });
});

describe("MemoryProjectionStorageAdapter.open", () => {
  it("refuses to share with anything but a memory adapter, and a time-out of its own where it shares", async () => {
    await expect(MemoryProjectionStorageAdapter.open({ shareWith: {} as MemoryEventStorageAdapter })).rejects.toThrow(
      TypeError,
    );
    await expect(MemoryProjectionStorageAdapter.open({ shareWith: adapter, writeTimeoutMs: 5 })).rejects.toThrow(
      TypeError,
    );
    await expect(MemoryProjectionStorageAdapter.open({ writeTimeoutMs: -1 })).rejects.toThrow(RangeError);
  });
});
