import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore, predicate } from "@eventfold/store";
import { describe, expect, it } from "vitest";

const names = { category: "orders", stream: "order-1" };
const events = [{ name: "order-placed", payload: 1 }];

async function openStore(): Promise<{ readonly adapter: MemoryEventStorageAdapter; readonly store: EventStore }> {
  const adapter = await MemoryEventStorageAdapter.open();
  return { adapter, store: new EventStore({ adapter }) };
}

describe("MemoryEventStorageAdapter", () => {
  it("reports a publish as stored, whatever a listener throws", async () => {
    const { adapter, store } = await openStore();
    adapter.onChange(() => {
      throw new Error("the listener's own affair");
    });
    expect(await store.stream(names).publish({ events })).toHaveLength(1);
    await adapter.close();
  });

  it("calls a listener that listens anew once for each change", async () => {
    const { adapter, store } = await openStore();
    let calls = 0;
    let stop = (): void => {};
    const listener = (): void => {
      calls++;
      stop();
      stop = adapter.onChange(listener);
    };
    stop = adapter.onChange(listener);
    await store.stream(names).publish({ events });
    expect(calls).toBe(1);
  });

  it("ends a scan whose caller publishes for each event", async () => {
    const { store } = await openStore();
    const stream = store.stream(names);
    await stream.publish({ events });
    let seen = 0;
    for await (const _ of stream.scan()) {
      seen++;
      await stream.publish({ events });
    }
    expect(seen).toBe(1);
  });

  it("lets a signal that a timer aborts end a long scan", async () => {
    const { store } = await openStore();
    await store.stream(names).publish({ events: Array.from({ length: 100_000 }, () => ({ name: "n", payload: 1 })) });
    const abort = new AbortController();
    setImmediate(() => abort.abort(new Error("enough")));
    const endless = async (): Promise<void> => {
      for (;;) for await (const _ of store.log().scan({ signal: abort.signal }));
    };
    await expect(endless()).rejects.toThrow("enough");
  });
});

describe("follow", () => {
  it("ends at a return, while the next event is waited for", async () => {
    const { store } = await openStore();
    const follow = store.log().follow();
    const next = follow.next();
    await follow.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it("rejects the step that waits with the reason of the signal", async () => {
    const { store } = await openStore();
    const abort = new AbortController();
    const next = store.log().follow({ signal: abort.signal }).next();
    abort.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
  });
});

describe("the metadata of a store", () => {
  it("is merged with what an event's own becomes as JSON", async () => {
    const adapter = await MemoryEventStorageAdapter.open();
    const store = new EventStore({ adapter, metadata: { app: "shop", by: "nobody" } });
    const own = { secret: 1, toJSON: () => ({ by: "Ada" }) };
    const [event] = await store.stream(names).publish({ events: [{ name: "n", payload: 1, metadata: own }] });
    expect(event?.metadata).toEqual({ app: "shop", by: "Ada" });
    const publish = store.stream(names).publish({ events: [{ name: "n", payload: 1, metadata: new Map() }] });
    await expect(publish).rejects.toMatchObject({ code: "INVALID_EVENT", path: "events[0].metadata" });
  });

  it("must be a JSON object", async () => {
    const adapter = await MemoryEventStorageAdapter.open();
    for (const metadata of ["text", new Date(0), new Map(), async () => ({})]) {
      const store = new EventStore({ adapter, metadata: metadata as never });
      await expect(store.stream(names).publish({ events })).rejects.toThrow();
    }
  });
});

describe("an untyped asynchronous predicate", () => {
  it("is a TypeError, and its rejection ends nothing", async () => {
    const { store } = await openStore();
    const condition = predicate("asynchronous", (async () => {
      throw new Error("nobody waits for this");
    }) as never);
    await expect(store.stream(names).publish({ events, condition })).rejects.toThrow(TypeError);
  });
});
