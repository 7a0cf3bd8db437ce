import { MemoryEventStorageAdapter, MemoryProjectionStorageAdapter } from "@eventfold/adapter-memory";
import { ProjectionStore, projectorFor, remove } from "@eventfold/projections";
import { EventStore, type EventStream, observedBefore, unchangedSince } from "@eventfold/store";
import { chosenSeed, seededRandom } from "@eventfold/testing";
import { beforeEach, describe, expect, it } from "vitest";

interface Events {
  readonly added: { readonly item: string };
  readonly removed: { readonly item: string };
}

const definition = {
  name: "basket",
  initialState: (): { readonly items: readonly string[] } => ({ items: [] }),
  handlers: {
    added: (
      state: { readonly items: readonly string[] },
      { payload }: { readonly payload: { readonly item: string } },
    ) => ({
      items: [...state.items, payload.item],
    }),
    removed: (
      state: { readonly items: readonly string[] },
      { payload }: { readonly payload: { readonly item: string } },
    ) => ({
      items: state.items.filter((item) => item !== payload.item),
    }),
  },
};
const basketProjector = projectorFor<{ readonly items: readonly string[] }, Events>()({ ...definition, version: 1 });
const KEY = { name: "basket", id: "b-1" };

let store: ProjectionStore;
let stream: EventStream<Events>;
let events: EventStore;

beforeEach(async () => {
  store = new ProjectionStore({ adapter: await MemoryProjectionStorageAdapter.open() });
  events = new EventStore({ adapter: await MemoryEventStorageAdapter.open() });
  stream = events.stream({ category: "baskets", stream: "b-1" });
});

async function add(...items: readonly string[]): Promise<void> {
  await stream.publish({ events: items.map((item) => ({ name: "added", payload: { item } })) });
}

/** How many events a projector asks a stream for. */
function counted(source: EventStream<Events>) {
  const counter = { events: 0 };
  const scan = async function* (options: Parameters<typeof source.scan>[0]) {
    for await (const event of source.scan(options)) {
      counter.events++;
      yield event;
    }
  };
  return { counter, source: { identifier: source.identifier, scan } };
}

describe("snapshots", () => {
  it("carry the position that a publish can rely on", async () => {
    const project = () => basketProjector.project(stream, { snapshots: { store, every: 1 } });
    const milk = [{ name: "added", payload: { item: "milk" } }] as const;
    await stream.publish({ events: milk, condition: unchangedSince(await project()) });
    const stale = await project();
    await stream.publish({ events: milk, condition: unchangedSince(await project()) });
    const refused = stream.publish({ events: milk, condition: unchangedSince(stale) });
    await expect(refused).rejects.toMatchObject({ code: "UNMET_WRITE_CONDITION" });
    await project();
    const loaded = await store.of(basketProjector).load(KEY);
    expect(loaded).toMatchObject({ lastPosition: 1, state: { items: ["milk", "milk"] } });
    await stream.publish({ events: milk, condition: unchangedSince(loaded) });
  });

  it("of what an event has removed are continued too, and found by no reader", async () => {
    const emptied = projectorFor<{ readonly items: readonly string[] }, Events>()({
      ...definition,
      handlers: { ...definition.handlers, removed: () => remove },
    });
    const options = { snapshots: { store, every: 1 } };
    await add("milk", "bread");
    await stream.publish({ events: [{ name: "removed", payload: { item: "milk" } }] });
    expect(await emptied.project(stream, options)).toMatchObject({ isRemoved: true, lastPosition: 2 });
    expect(await store.load(KEY)).toBeUndefined();
    await add("eggs");
    const { counter, source } = counted(stream);
    expect((await emptied.project(source, options)).state).toEqual({ items: ["eggs"] });
    expect(counter.events).toBe(2); // the last one that was read, and the new one
    expect((await store.load(KEY))?.state).toEqual({ items: ["eggs"] });
  });

  it("give the same projection as folding from the start, whenever they are made", async () => {
    const random = seededRandom(chosenSeed());
    for (let round = 0; round < (process.env.EVENTFOLD_SOAK ? 2_000 : 100); round++) {
      const source = events.stream<Events>({ category: "baskets", stream: `b-${round}` });
      const every = random.integer(1, 12);
      for (let step = 0; step < 8; step++) {
        const batch = Array.from({ length: random.integer(1, 6) }, () => ({
          name: random.pick(["added", "removed"] as const),
          payload: { item: random.pick(["a", "b", "c", "d"]) },
        }));
        await source.publish({ events: batch });
        if (random.chance(0.3)) continue;
        const projection = await basketProjector.project(source, { snapshots: { store, every } });
        expect(projection, `seed ${random.seed}`).toEqual(await basketProjector.project(source));
      }
    }
  });

  it("leave only the tail to be read, and the last event before it", async () => {
    await add(...Array.from({ length: 250 }, (_, n) => String(n)));
    const snapshots = { store, every: 100 };
    await basketProjector.project(stream, { snapshots });
    await add("x", "y");
    const { counter, source } = counted(stream);
    const projection = await basketProjector.project(source, { snapshots });
    expect([counter.events, projection.state.items.length]).toEqual([3, 252]);
  });

  it("are saved once enough events were read since the last, not before", async () => {
    const saved = async (): Promise<number | undefined> => (await store.load(KEY))?.lastSequenceNumber;
    const project = () => basketProjector.project(stream, { snapshots: { store, every: 3 } });
    await add("a", "b");
    await project();
    expect(await saved()).toBeUndefined();
    await add("c");
    await project();
    expect(await saved()).toBe(3);
    await add("d", "e");
    await project();
    expect(await saved()).toBe(3);
    await add("f");
    await project();
    expect(await saved()).toBe(6);
  });

  it("of another version are neither used nor replaced", async () => {
    await add("a");
    await store.save({ ...(await basketProjector.project(stream)), state: { items: "of old" } });
    const next = projectorFor<{ readonly items: readonly string[] }, Events>()({ ...definition, version: 2 });
    const projection = await next.project(stream, { snapshots: { store, every: 1 } });
    expect(projection.state).toEqual({ items: ["a"] });
    expect((await store.load({ ...KEY, projectorVersion: 1 }))?.state).toEqual({ items: "of old" });
    expect((await store.load({ ...KEY, projectorVersion: 2 }))?.state).toEqual({ items: ["a"] });
    expect((await store.load(KEY))?.projectorVersion).toBe(1);
  });

  it("of another source under the same id are neither used nor replaced", async () => {
    const other = events.stream<Events>({ category: "others", stream: "b-1" });
    await other.publish({ events: [{ name: "added", payload: { item: "other" } }] });
    const snapshots = { store, every: 1 };
    await basketProjector.project(other, { snapshots });
    await add("a");
    expect((await basketProjector.project(stream, { snapshots })).state.items).toEqual(["a"]);
    expect((await store.load(KEY))?.state).toEqual({ items: ["other"] });
  });

  it("ahead of the log are refused", async () => {
    await add("a", "b");
    const snapshots = { store, every: 1 };
    await store.save({ ...(await basketProjector.project(stream)), lastSequenceNumber: 5 });
    await expect(basketProjector.project(stream, { snapshots })).rejects.toMatchObject({
      ...{ code: "PROJECTION_AHEAD_OF_LOG", projection: "basket", id: "b-1", lastSequenceNumber: 5 },
    });
  });

  it("have no part in what is projected with constraints", async () => {
    await add("a", "b");
    const snapshots = { store, every: 1 };
    await basketProjector.project(stream, { snapshots });
    const constraints = [observedBefore(new Date(0))];
    expect((await basketProjector.project(stream, { snapshots, constraints })).state.items).toEqual([]);
    expect((await store.load(KEY))?.state).toEqual({ items: ["a", "b"] });
  });

  it("that a rival saved meanwhile are left alone", async () => {
    await add("a");
    const rival = { ...(await basketProjector.project(stream)), lastSequenceNumber: 99 };
    const racing = {
      load: async () => undefined,
      locate: async () => undefined,
      save: async (...[projection, options]: Parameters<ProjectionStore["save"]>) => {
        await store.save(rival);
        await store.save(projection, options);
      },
    };
    await basketProjector.project(stream, { snapshots: { store: racing, every: 1 } });
    expect((await store.load(KEY))?.lastSequenceNumber).toBe(99);
  });

  it("are located by source where the id comes from the state", async () => {
    const byFirst = projectorFor<{ readonly items: readonly string[] }, Events>()({
      ...definition,
      id: (state) => state.items[0] ?? "empty",
    });
    const snapshots = { store, every: 1 };
    await add("a", "b");
    await byFirst.project(stream, { snapshots });
    await add("c");
    const { counter, source } = counted(stream);
    expect((await byFirst.project(source, { snapshots })).state.items).toEqual(["a", "b", "c"]);
    expect(counter.events).toBe(2); // the last one again, and the new one
  });

  it("every 0 events are a RangeError", async () => {
    await expect(basketProjector.project(stream, { snapshots: { store, every: 0 } })).rejects.toThrow(RangeError);
  });
});
