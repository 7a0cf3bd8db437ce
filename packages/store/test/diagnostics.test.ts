import { AsyncLocalStorage } from "node:async_hooks";
import { tracingChannel } from "node:diagnostics_channel";
import { afterEach, describe, expect, it } from "vitest";
import { EventStore, type PageMessage, type PublishMessage } from "../src/index.ts";
import { adapterOn, scriptedStorage } from "./stand-in-storage.ts";

const events = [{ name: "opened", payload: null }];
const channel = tracingChannel("eventfold:publish");
const heard: string[] = [];
const subscriber = {
  start: (message: object) => void heard.push(`start ${JSON.stringify(message)}`),
  asyncEnd: () => void heard.push("end"),
  error: ({ error }: { readonly error: unknown }) => void heard.push(String(error)),
};

async function publish(answer: Error | undefined): Promise<unknown> {
  const answers = [answer ?? { kind: "stored" as const, events: [[], []] }];
  return new EventStore({ adapter: adapterOn(scriptedStorage({ answers })) }).publish([
    { category: "accounts", stream: "acc-1", events: [...events, ...events] },
    { category: "orders", stream: "o-1", events },
  ]);
}

describe("the channel eventfold:publish", () => {
  afterEach(() => {
    channel.unsubscribe(subscriber as never);
    heard.length = 0;
  });

  it("reports a publish, with the number of events and the streams, and its end", async () => {
    channel.subscribe(subscriber as never);
    await publish(undefined);
    const entries = [
      { category: "accounts", stream: "acc-1", events: 2 },
      { category: "orders", stream: "o-1", events: 1 },
    ];
    expect(heard).toEqual([`start ${JSON.stringify({ entries })}`, "end"]);
  });

  it("reports a publish that fails, which fails alike with and without a listener", async () => {
    channel.subscribe(subscriber as never);
    await expect(publish(new Error("mine"))).rejects.toThrow("mine");
    expect(heard.slice(1)).toEqual(["Error: mine", "end"]);
    channel.unsubscribe(subscriber as never);
    await expect(publish(new Error("mine"))).rejects.toThrow("mine");
    expect(heard).toHaveLength(3);
  });

  it("reports a publish that is refused before anything is stored", async () => {
    channel.subscribe(subscriber as never);
    const store = new EventStore({ adapter: adapterOn(scriptedStorage({ answers: [] })) });
    const refused = store.publish([{ category: "accounts", stream: "acc-1", events: "no array" as never }]);
    await expect(refused).rejects.toThrow(TypeError);
    const entries = [{ category: "accounts", stream: "acc-1", events: 0 }];
    expect(heard[0]).toBe(`start ${JSON.stringify({ entries })}`);
    expect(heard.slice(1)).toEqual([expect.stringContaining("TypeError"), "end"]);
  });

  it("rejects alike, with and without a listener, what is no list of entries", async () => {
    const store = new EventStore({ adapter: adapterOn(scriptedStorage({ answers: [] })) });
    const errors: unknown[] = [];
    for (const isHeard of [true, false]) {
      if (isHeard) channel.subscribe(subscriber as never);
      else channel.unsubscribe(subscriber as never);
      for (const given of [undefined, null, "x", [null], [{ category: 7 }]]) {
        errors.push(await store.publish(given as never).catch((error: unknown) => String(error)));
      }
    }
    expect(errors.slice(0, 5)).toEqual(errors.slice(5));
  });

  it("makes the metadata of the store within what is bound to its start", async () => {
    const bound = new AsyncLocalStorage<PublishMessage>();
    tracingChannel<unknown, PublishMessage>("eventfold:publish").start.bindStore(bound);
    try {
      const storage = scriptedStorage({ answers: [{ kind: "stored", events: [[]] }] });
      const metadata = () => ({ bound: bound.getStore()?.entries[0]?.stream ?? "nothing" });
      const store = new EventStore({ adapter: adapterOn(storage), metadata });
      await store.stream({ category: "accounts", stream: "acc-1" }).publish({ events });
      expect(storage.requests[0]?.writes[0]?.events[0]?.metadata).toBe('{"bound":"acc-1"}');
    } finally {
      tracingChannel<unknown, PublishMessage>("eventfold:publish").start.unbindStore(bound);
    }
  });
});

describe("the channel eventfold:scan", () => {
  const pages = [[{ sequenceNumber: 1 }], [{ sequenceNumber: 2 }]];
  const storage = {
    ...scriptedStorage({ answers: [] }),
    async *scan() {
      for (const page of pages) yield page as never;
    },
  };
  const source = { kind: "log" };

  it("reports each page that is read, and the look for one more", async () => {
    const read: unknown[] = [];
    const scans = tracingChannel<unknown, PageMessage>("eventfold:scan");
    const onPage = { asyncEnd: ({ page, result, ...rest }: PageMessage) => void read.push([page, result, rest]) };
    scans.subscribe(onPage as never);
    try {
      await new EventStore({ adapter: adapterOn(storage) }).log().read();
    } finally {
      scans.unsubscribe(onPage as never);
    }
    const of = { source, direction: "forwards" };
    expect(read).toEqual([
      [0, { events: pages[0] }, of],
      [1, { events: pages[1] }, of],
      [2, { events: [] }, of],
    ]);
  });

  it("reports a page that cannot be read", async () => {
    const errors: unknown[] = [];
    const scans = tracingChannel<unknown, PageMessage>("eventfold:scan");
    const onError = { error: ({ error }: PageMessage) => void errors.push(error) };
    scans.subscribe(onError as never);
    const failure = new Error("gone");
    const scan = async function* () {
      yield await Promise.reject(failure);
    };
    try {
      await expect(new EventStore({ adapter: adapterOn({ ...storage, scan }) }).log().read()).rejects.toBe(failure);
    } finally {
      scans.unsubscribe(onError as never);
    }
    expect(errors).toEqual([failure]);
  });
});
