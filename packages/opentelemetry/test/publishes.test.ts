import { MemoryEventStorageAdapter, MemoryProjectionStorageAdapter } from "@eventfold/adapter-memory";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { defineDecider, eventTable } from "@eventfold/commands";
import { inlineProjection, ProjectionStore, projectorFor } from "@eventfold/projections";
import { EventStore, eventsMatch, streamIsEmpty } from "@eventfold/store";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { withTraceContext } from "../src/index.ts";
import { idOf, linksOf, parentOf, RecordedTelemetry } from "./recorded-telemetry.ts";

const SECRET = "a payload that nobody may see";
const registered = { name: "user-registered", payload: { email: SECRET }, metadata: { note: SECRET } };

describe("the span of a publish", () => {
  it("is named after the category, of the kind PRODUCER, within the active span, and says what was published where", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await MemoryEventStorageAdapter.open();
    const users = new EventStore({ adapter }).category("users");
    const [event] = await recorded.request(() => users.stream("u-1").publish({ events: [registered] }));
    const span = recorded.only("publish users");
    expect(span.kind).toBe(SpanKind.PRODUCER);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(parentOf(span)).toBe(idOf(recorded.only("request")));
    expect(span.attributes).toEqual({
      "messaging.system": "eventfold",
      "messaging.operation.name": "publish",
      "messaging.operation.type": "send",
      "messaging.destination.name": "users",
      "messaging.message.id": event?.id,
      "eventfold.stream": "u-1",
    });
  });

  it("names no category where there are several, and counts the events", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await MemoryEventStorageAdapter.open();
    await new EventStore({ adapter }).publish([
      { category: "users", stream: "u-1", events: [registered, registered] },
      { category: "orders", stream: "o-1", events: [registered] },
      { category: "baskets", stream: "b-1", condition: streamIsEmpty() },
    ]);
    const { attributes } = recorded.only("publish");
    expect(attributes["messaging.batch.message_count"]).toBe(3);
    expect(attributes).not.toHaveProperty(["messaging.destination.name"]);
    const sent = await recorded.points("messaging.client.sent.messages");
    expect(sent.map((point) => [point.attributes["messaging.destination.name"], point.value])).toEqual([
      ["users", 2],
      ["orders", 1],
    ]);
  });

  it("says that it was a repeat", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await MemoryEventStorageAdapter.open();
    const stream = new EventStore({ adapter }).stream({ category: "users", stream: "u-1" });
    const event = { ...registered, id: "01234567-89ab-4cde-8f01-23456789abcd" };
    for (let tries = 0; tries < 2; tries++) await stream.publish({ events: [event] });
    expect(recorded.spans.map((span) => span.attributes["eventfold.publish.is_repeat"])).toEqual([undefined, true]);
  });

  it("has the code of the error of one that fails, even before anything is stored, but nothing of what it says", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await MemoryEventStorageAdapter.open();
    const stream = new EventStore({ adapter }).stream({ category: "users", stream: "u-1" });
    const faulty = { name: "user-registered", payload: { [SECRET]: Number.NaN } };
    await expect(stream.publish({ events: [faulty] })).rejects.toThrow();
    const span = recorded.only("publish users");
    expect(span.attributes["error.type"]).toBe("INVALID_EVENT");
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: "INVALID_EVENT" });
    expect(span.events).toEqual([]);
    expect(JSON.stringify(span.attributes)).not.toContain(SECRET);
    const [point] = await recorded.points("messaging.client.operation.duration");
    expect(point?.attributes).toMatchObject({ "messaging.operation.name": "publish", "error.type": "INVALID_EVENT" });
  });

  it("counts a conflict, and does not call it a fault", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await MemoryEventStorageAdapter.open();
    const store = new EventStore({ adapter });
    const stream = store.stream({ category: "users", stream: "u-1" });
    await stream.publish({ events: [registered] });
    await expect(stream.publish({ events: [registered], condition: streamIsEmpty() })).rejects.toThrow();
    const failIf = eventsMatch({ names: ["user-registered"] });
    await expect(stream.publish({ events: [registered], failIf })).rejects.toThrow();
    const [, unmet, matched] = recorded.named("publish users");
    expect([unmet, matched].map((span) => [span?.attributes["error.type"], span?.status.code])).toEqual([
      ["UNMET_WRITE_CONDITION", SpanStatusCode.UNSET],
      ["EVENTS_MATCHED", SpanStatusCode.UNSET],
    ]);
    const conflicts = await recorded.points("eventfold.publish.conflicts");
    expect(conflicts.map(({ value, attributes }) => [attributes["error.type"], value])).toEqual([
      ["UNMET_WRITE_CONDITION", 1],
      ["EVENTS_MATCHED", 1],
    ]);
  });

  it("shows nothing of payloads, metadata or states, in no span and no metric", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    const store = new EventStore({ adapter, metadata: withTraceContext({ store: SECRET }) });
    await recorded.request(async () => {
      await store.stream({ category: "users", stream: "u-1" }).publish({ events: [{ ...registered, tags: [SECRET] }] });
      await store.category("users").read();
    });
    const names = ["messaging.client.operation.duration", "messaging.client.sent.messages", "eventfold.commit.size"];
    const points = await Promise.all(names.map((name) => recorded.points(name)));
    const spans = recorded.spans.map(({ name, attributes, events, links, status }) => [
      name,
      attributes,
      events,
      links,
      status,
    ]);
    expect(spans.length).toBeGreaterThan(3);
    expect(JSON.stringify([spans, points])).not.toContain(SECRET);
  });
});

describe("trace context in metadata", () => {
  it("is that of the publish itself, under what the store and the event have", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await MemoryEventStorageAdapter.open();
    const metadata = withTraceContext(() => ({ actor: "web", note: "store" }));
    const stream = new EventStore({ adapter, metadata }).stream({ category: "users", stream: "u-1" });
    const [first, second, third] = await stream.publish({
      events: [
        { ...registered, metadata: { note: "event" } },
        { ...registered, metadata: { traceparent: "mine" } },
        { ...registered, metadata: ["no", "object"] },
      ],
    });
    const { traceId, spanId } = recorded.only("publish users").spanContext();
    const traceparent = `00-${traceId}-${spanId}-01`;
    expect(first?.metadata).toEqual({ traceparent, actor: "web", note: "event" });
    expect(second?.metadata).toEqual({ traceparent: "mine", actor: "web", note: "store" });
    expect(third?.metadata).toEqual(["no", "object"]);
  });

  it("is that of the active span where nothing is instrumented, and absent without one", async () => {
    using recorded = RecordedTelemetry.begin();
    recorded.instrumentation.end();
    await using adapter = await MemoryEventStorageAdapter.open();
    const stream = new EventStore({ adapter, metadata: withTraceContext() }).stream({
      category: "users",
      stream: "u-1",
    });
    const [within] = await recorded.request(() => stream.publish({ events: [{ ...registered, metadata: null }] }));
    const [without] = await stream.publish({ events: [{ ...registered, metadata: null }] });
    const { traceId, spanId } = recorded.only("request").spanContext();
    expect(within?.metadata).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
    expect(without?.metadata).toBeNull();
  });
});

describe("the span of a commit", () => {
  it("is within the publish, when that is alone in it", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    await new EventStore({ adapter })
      .stream({ category: "users", stream: "u-1" })
      .publish({ events: [registered, registered] });
    const commit = recorded.only("commit");
    expect(parentOf(commit)).toBe(idOf(recorded.only("publish users")));
    expect(commit.attributes).toEqual({
      "db.system.name": "sqlite",
      "eventfold.commit.publishes": 1,
      "eventfold.commit.events": 2,
    });
    const [, nanoseconds] = commit.duration;
    expect(nanoseconds % 1_000_000).not.toBe(0); // most commits take less than a millisecond
  });

  it("is linked with all publishes that share it, in both directions", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    const users = new EventStore({ adapter }).category("users");
    await Promise.all(["u-1", "u-2", "u-3"].map((stream) => users.stream(stream).publish({ events: [registered] })));
    const commit = recorded.only("commit");
    const [first, ...others] = recorded.named("publish users");
    expect(parentOf(commit)).toBe(first && idOf(first));
    expect(linksOf(commit)).toEqual(others.map(idOf));
    expect(others.map(linksOf)).toEqual([[idOf(commit)], [idOf(commit)]]);
    const [size] = await recorded.points("eventfold.commit.size");
    expect(size?.value).toMatchObject({ count: 1, sum: 3 });
    const [wait] = await recorded.points("eventfold.publish.queue_wait");
    expect(wait?.value).toMatchObject({ count: 3 });
  });
});

describe("the spans of reading, projecting and commands", () => {
  type AccountEvents = { opened: { owner: string } };

  it("are within the request that they belong to, and absent without one", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await MemoryEventStorageAdapter.open();
    const stream = new EventStore({ adapter }).stream<AccountEvents>({ category: "accounts", stream: "a-1" });
    await stream.publish({ events: [{ name: "opened", payload: { owner: SECRET } }] });
    const projector = projectorFor<{ owner: string }, AccountEvents>()({
      name: "account",
      version: 2,
      initialState: () => ({ owner: "" }),
      handlers: { opened: (_, { payload }) => payload },
    });
    await projector.project(stream);
    expect(recorded.spans.map(({ name }) => name)).toEqual(["publish accounts"]);
    await recorded.request(() => projector.project(stream));
    const project = recorded.only("project account");
    expect(parentOf(project)).toBe(idOf(recorded.only("request")));
    expect(project.attributes).toEqual({
      "eventfold.projector": "account",
      "eventfold.projector.version": 2,
      "eventfold.projector.is_inline": false,
      "messaging.destination.name": "accounts",
      "eventfold.stream": "a-1",
    });
    const scans = recorded.named("scan accounts");
    expect(scans.map(parentOf)).toEqual(scans.map(() => idOf(project)));
    expect(scans[0]?.attributes["messaging.batch.message_count"]).toBe(1);
    expect(scans[0]?.kind).toBe(SpanKind.CLIENT);
  });

  it("have the publish of a command within the command", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await MemoryEventStorageAdapter.open();
    const stream = new EventStore({ adapter }).stream<AccountEvents>({ category: "accounts", stream: "a-1" });
    const account = defineDecider({
      name: "account",
      events: eventTable<AccountEvents>(),
      initialState: () => ({ isOpen: false }),
      evolve: { opened: () => ({ isOpen: true }) },
      decide: {
        open: ({ owner }: { owner: string }, { isOpen }) => {
          if (isOpen) throw new RangeError(SECRET);
          return { name: "opened", payload: { owner } };
        },
      },
    });
    await account.execute(stream, { type: "open", owner: SECRET });
    await expect(account.execute(stream, { type: "open", owner: SECRET })).rejects.toThrow(SECRET);
    const [carriedOut, refused] = recorded.named("execute open");
    expect(carriedOut?.attributes).toEqual({
      "eventfold.decider": "account",
      "eventfold.command": "open",
      "messaging.destination.name": "accounts",
      "eventfold.stream": "a-1",
    });
    expect(parentOf(recorded.only("publish accounts"))).toBe(carriedOut && idOf(carriedOut));
    expect(refused?.attributes["error.type"]).toBe("RangeError");
    expect(refused?.status).toEqual({ code: SpanStatusCode.ERROR, message: "RangeError" });
  });

  it("have an inline projection within the publish", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await MemoryEventStorageAdapter.open();
    const projections = await MemoryProjectionStorageAdapter.open({ shareWith: adapter });
    const projector = projectorFor<{ owner: string }, AccountEvents>()({
      name: "account",
      initialState: () => ({ owner: "" }),
      handlers: { opened: (_, { payload }) => payload },
    });
    const store = new ProjectionStore({ adapter: projections });
    const inline = [inlineProjection({ projector, store, category: "accounts" })];
    await new EventStore({ adapter, inline })
      .stream<AccountEvents>({ category: "accounts", stream: "a-1" })
      .publish({ events: [{ name: "opened", payload: { owner: "me" } }] });
    const inlined = recorded.named("project account").find((span) => span.attributes["eventfold.projector.is_inline"]);
    expect(inlined && parentOf(inlined)).toBe(idOf(recorded.only("publish accounts")));
  });
});
