import { MemoryEventStorageAdapter, MemoryProcessingStorageAdapter } from "@eventfold/adapter-memory";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { defineDecider, eventTable, processCommand, processManager } from "@eventfold/commands";
import { consumeAll, EventBroker, exponentialBackoff, retry, subscription } from "@eventfold/processing";
import { EventStore, type StoredEvent } from "@eventfold/store";
import { DiagLogLevel, diag, SpanStatusCode } from "@opentelemetry/api";
import { afterEach, describe, expect, it } from "vitest";
import { withTraceContext } from "../src/index.ts";
import { linksTo } from "../src/trace-context.ts";
import { idOf, linksOf, parentOf, RecordedTelemetry } from "./recorded-telemetry.ts";

const SECRET = "a payload that nobody may see";
const happened = { name: "happened", payload: { note: SECRET } };

async function openMemory() {
  const adapter = await MemoryEventStorageAdapter.open();
  const storage = await MemoryProcessingStorageAdapter.open();
  const store = new EventStore({ adapter, metadata: withTraceContext() });
  return { adapter, storage, store, things: store.category("things") };
}

afterEach(() => diag.disable());

describe("the span of a handling", () => {
  it("has the kind of error of each try that fails, and nothing of what it says", async () => {
    using recorded = RecordedTelemetry.begin();
    const { storage, things } = await openMemory();
    await things.stream("t-1").publish({ events: [happened] });
    const failing = subscription({
      name: "failing",
      source: things,
      handleEvent: (_, { attempt }) => {
        if (attempt === 1) throw new RangeError(SECRET);
      },
      onFailure: retry({ times: 1, backoff: exponentialBackoff({ firstMs: 1, longestMs: 1 }) }).then("pause"),
    });
    await consumeAll(failing, { storage });
    const tries = recorded.named("process things");
    expect(
      tries.map(({ attributes, status }) => [attributes["eventfold.attempt"], attributes["error.type"], status]),
    ).toEqual([
      [1, "RangeError", { code: SpanStatusCode.ERROR, message: "RangeError" }],
      [2, undefined, { code: SpanStatusCode.UNSET }],
    ]);
    expect(JSON.stringify(tries.map(({ attributes, events, links }) => [attributes, events, links]))).not.toContain(
      SECRET,
    );
    const durations = await recorded.points("messaging.process.duration");
    expect(durations.map(({ attributes }) => attributes["error.type"])).toEqual(["RangeError", undefined]);
  });

  it("links a batch to the publish of each of its events, once", async () => {
    using recorded = RecordedTelemetry.begin();
    const { storage, things } = await openMemory();
    await things.stream("t-1").publish({ events: [happened, happened] });
    await things.stream("t-2").publish({ events: [happened] });
    await consumeAll(subscription({ name: "batches", source: things, handleBatch: () => {} }), { storage });
    const [batch] = recorded.named("process things");
    expect(batch && linksOf(batch)).toEqual(recorded.named("publish things").map(idOf));
    expect(batch?.attributes["messaging.batch.message_count"]).toBe(3);
  });

  it("is made of each event that process() takes", async () => {
    using recorded = RecordedTelemetry.begin();
    const { storage, things } = await openMemory();
    await things.stream("t-1").publish({ events: [happened, happened] });
    const streaming = subscription({
      name: "streaming",
      source: things,
      process: async (events: AsyncIterable<StoredEvent>, { acknowledge }) => {
        for await (const event of events) acknowledge(event);
      },
    });
    await consumeAll(streaming, { storage });
    const [publish] = recorded.named("publish things");
    const taken = recorded.named("process things");
    expect(taken.map(linksOf)).toEqual([[publish && idOf(publish)], [publish && idOf(publish)]]);
  });

  it("has what a process manager does in consequence within it", async () => {
    using recorded = RecordedTelemetry.begin();
    const { storage, store } = await openMemory();
    type Events = { asked: { by: string }; answered: { by: string } };
    const desk = defineDecider({
      name: "desk",
      events: eventTable<Pick<Events, "answered">>(),
      initialState: () => 0,
      evolve: { answered: (count) => count + 1 },
      decide: { answer: ({ by }: { by: string }) => ({ name: "answered", payload: { by } }) },
    });
    const answers = store.category<Pick<Events, "answered">>("answers");
    const manager = processManager({
      name: "answering",
      source: store.category<Pick<Events, "asked">>("questions"),
      on: {
        asked: ({ stream, payload: { by } }) =>
          processCommand({ decider: desk, target: answers.stream(stream), command: { type: "answer", by } }),
      },
    });
    await store
      .stream({ category: "questions", stream: "q-1" })
      .publish({ events: [{ name: "asked", payload: { by: "me" } }] });
    await consumeAll(subscription(manager), { storage });
    const [asked, handled] = [recorded.only("publish questions"), recorded.only("process questions")];
    const [executed, answered] = [recorded.only("execute answer"), recorded.only("publish answers")];
    expect(linksOf(handled)).toEqual([idOf(asked)]);
    expect([parentOf(executed), parentOf(answered)]).toEqual([idOf(handled), idOf(executed)]);
    const decidedOn = recorded.only("project desk");
    expect(parentOf(decidedOn)).toBe(idOf(executed));
    expect(new Set(recorded.named("scan answers").map(parentOf))).toEqual(new Set([idOf(decidedOn)]));
  });

  it("has the checkpoint within it that commits with what the handler has done", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    await using storage = await SqliteProcessingStorageAdapter.open({ shareWith: adapter });
    const source = new EventStore({ adapter }).category("things");
    await source.stream("t-1").publish({ events: [happened] });
    const counted = subscription({
      name: "counted",
      source,
      transactions: adapter,
      handleEvent: async (_, { transaction }) => void (await transaction()),
    });
    await consumeAll(counted, { storage });
    expect(parentOf(recorded.only("checkpoint counted"))).toBe(idOf(recorded.only("process things")));
  });

  it("is not within the span in whose context the broker was started or woken", async () => {
    using recorded = RecordedTelemetry.begin();
    const { storage, things } = await openMemory();
    const things1 = subscription({ name: "things-1", source: things, handleEvent: () => {} });
    const broker = new EventBroker({ name: "worker", storage, subscriptions: [things1] });
    await recorded.request(async () => {
      await broker.start();
      await broker.whenHandled(things1, await things.stream("t-1").publish({ events: [happened] }));
    });
    await broker.stop();
    expect(parentOf(recorded.only("process things"))).toBeUndefined();
  });
});

describe("the metrics of subscriptions", () => {
  it("say how far behind they are, for how long, and how many events are parked", async () => {
    const { storage, things } = await openMemory();
    const failing = subscription({
      name: "failing",
      source: things,
      handleEvent: () => Promise.reject(new Error("no")),
      onFailure: retry({ times: 0 }).then("park"),
    });
    const never = subscription({ name: "never", source: things, handleEvent: () => {} });
    await consumeAll(never, { storage }); // so that it is stored
    using recorded = RecordedTelemetry.begin({ processing: { storage, subscriptions: [failing, never] } });
    await things.stream("t-1").publish({ events: [happened, happened] });
    await consumeAll(failing, { storage });
    const read = async (name: string) =>
      (await recorded.points(name)).map(({ attributes, value }) => [
        attributes["messaging.consumer.group.name"],
        value,
      ]);
    expect(await read("eventfold.consumer.lag")).toEqual([
      ["failing", 0],
      ["never", 2],
    ]);
    expect(await read("eventfold.consumer.parked")).toEqual([
      ["failing", 2],
      ["never", 0],
    ]);
    expect(await read("eventfold.consumer.lag.age")).toEqual([
      ["failing", 0],
      ["never", expect.any(Number)],
    ]);
    const leases = await recorded.points("eventfold.lease.changes");
    expect(leases.map(({ attributes }) => attributes["eventfold.lease.change"])).toEqual(["claimed", "released"]);
  });

  it("leave out a subscription that cannot be measured, and tell the diagnostic logger", async () => {
    const told: unknown[] = [];
    const note = (...args: unknown[]) => void told.push(args[0]);
    diag.setLogger({ error: note, warn: note, info: note, debug: note, verbose: note }, DiagLogLevel.WARN);
    const { storage, things } = await openMemory();
    const [unknown, known] = ["unknown", "known"].map((name) =>
      subscription({ name, source: things, handleEvent: () => {} }),
    );
    if (unknown === undefined || known === undefined) throw new Error("There are two.");
    await consumeAll(known, { storage });
    using recorded = RecordedTelemetry.begin({ processing: { storage, subscriptions: [unknown, known] } });
    const lag = await recorded.points("eventfold.consumer.lag");
    expect(lag.map(({ attributes }) => attributes["messaging.consumer.group.name"])).toEqual(["known"]);
    expect(told).toEqual(['eventfold: the subscription "unknown" could not be measured']);
  });
});

describe("links to publishes", () => {
  const of = (metadata: unknown) => linksTo([{ id: "e-1", metadata }] as unknown as StoredEvent[]);
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const spanId = "00f067aa0ba902b7";

  it("are made from a traceparent as the W3C has it, of later versions too", () => {
    const [link] = of({ traceparent: `00-${traceId}-${spanId}-01`, tracestate: "vendor=1" });
    expect(link?.context).toMatchObject({ traceId, spanId, traceFlags: 1, isRemote: true });
    expect(link?.context.traceState?.get("vendor")).toBe("1");
    expect(link?.attributes).toEqual({ "messaging.message.id": "e-1" });
    expect(of({ traceparent: `01-${traceId}-${spanId}-00-more` })[0]?.context.traceFlags).toBe(0);
  });

  it.each<[string, unknown]>([
    ["no metadata", null],
    ["metadata that is no object", ["traceparent"]],
    ["none in it", {}],
    ["what is no text", { traceparent: 7 }],
    ["an empty text", { traceparent: "" }],
    ["upper case", { traceparent: `00-${traceId.toUpperCase()}-${spanId}-01` }],
    ["more than its version has", { traceparent: `00-${traceId}-${spanId}-01-more` }],
    ["a version that there is not", { traceparent: `ff-${traceId}-${spanId}-01` }],
    ["no trace", { traceparent: `00-${"0".repeat(32)}-${spanId}-01` }],
    ["no span", { traceparent: `00-${traceId}-${"0".repeat(16)}-01` }],
    ["a line more", { traceparent: `00-${traceId}-${spanId}-01\n` }],
    ["a very long text", { traceparent: "0".repeat(1_000_000) }],
    ["a member of the prototype", Object.create({ traceparent: `00-${traceId}-${spanId}-01` })],
  ])("are not made from %s", (_, metadata) => {
    expect(of(metadata)).toEqual([]);
  });

  it("pass over a tracestate that is none", () => {
    for (const tracestate of [7, "x".repeat(513)]) {
      expect(of({ traceparent: `00-${traceId}-${spanId}-01`, tracestate })[0]?.context.traceState).toBeUndefined();
    }
  });

  it("are at most 128", () => {
    const events = Array.from({ length: 200 }, (_, n) => ({
      id: `e-${n}`,
      metadata: { traceparent: `00-${traceId}-${String(n + 1).padStart(16, "0")}-01` },
    }));
    expect(linksTo(events as unknown as StoredEvent[])).toHaveLength(128);
  });
});
