import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore } from "@eventfold/store";
import { context, createContextKey, DiagLogLevel, diag, ROOT_CONTEXT } from "@opentelemetry/api";
import { afterEach, describe, expect, it } from "vitest";
import { ActiveContext } from "../src/channels/active-context.ts";
import { instrument } from "../src/index.ts";
import { RecordedTelemetry } from "./recorded-telemetry.ts";

const events = [{ name: "opened", payload: null }];

afterEach(() => diag.disable());

describe("instrument", () => {
  it.each<[string, unknown]>([
    ["no options", undefined],
    ["neither a tracer nor a meter", {}],
    ["what is no tracer", { tracer: "console" }],
    ["what is no meter", { meter: {} }],
    ["subscriptions without a meter", { tracer: { startSpan: () => {} }, processing: { subscriptions: [] } }],
    ["a misspelt option", { traccer: {} }],
  ])("refuses %s", (_, options) => {
    expect(() => instrument(options as never)).toThrow(TypeError);
  });

  it("records what is under way when it ends, and nothing after", async () => {
    using recorded = RecordedTelemetry.begin();
    await using adapter = await MemoryEventStorageAdapter.open();
    const stream = new EventStore({ adapter }).stream({ category: "accounts", stream: "a-1" });
    const underWay = stream.publish({ events });
    recorded.instrumentation.end();
    recorded.instrumentation.end();
    await underWay;
    await stream.publish({ events });
    expect(recorded.named("publish accounts")).toHaveLength(1);
  });

  it("records with a tracer alone, and with a meter alone", async () => {
    using recorded = RecordedTelemetry.begin();
    recorded.instrumentation.end();
    await using adapter = await MemoryEventStorageAdapter.open();
    const stream = new EventStore({ adapter }).stream({ category: "accounts", stream: "a-1" });
    {
      using _ = instrument({ tracer: recorded.tracer });
      await stream.publish({ events });
    }
    {
      using _ = instrument({ meter: recorded.meter });
      await stream.publish({ events });
    }
    expect(recorded.named("publish accounts")).toHaveLength(1);
    expect(await recorded.points("messaging.client.sent.messages")).toMatchObject([{ value: 1 }]);
  });

  it("publishes alike with a tracer that fails, and tells the diagnostic logger", async () => {
    const told: unknown[] = [];
    const note = (...args: unknown[]) => void told.push(args);
    diag.setLogger({ error: note, warn: note, info: note, debug: note, verbose: note }, DiagLogLevel.ERROR);
    const failure = new Error("broken");
    const startSpan = () => {
      throw failure;
    };
    using _ = instrument({ tracer: { startSpan, startActiveSpan: startSpan } });
    await using adapter = await MemoryEventStorageAdapter.open();
    const published = await new EventStore({ adapter }).stream({ category: "a", stream: "1" }).publish({ events });
    expect(published).toHaveLength(1);
    expect(told).toEqual([["eventfold: a message could not be recorded", failure]]);
  });
});

describe("ActiveContext", () => {
  const key = createContextKey("test");
  const given = ROOT_CONTEXT.setValue(key, "given");

  it("makes a context the active one while something runs, and none where there is none", () => {
    using _ = RecordedTelemetry.begin();
    const active = new ActiveContext();
    const read = () => context.active().getValue(key);
    expect([active.run(given, read), active.run(undefined, read), read()]).toEqual(["given", undefined, undefined]);
  });

  it("does the same for a scope, which newer releases of Node enter instead", () => {
    using _ = RecordedTelemetry.begin();
    const active = new ActiveContext();
    const read = () => context.active().getValue(key);
    const within: unknown[] = [];
    {
      using _scope = active.withScope(given);
      within.push(read());
    }
    within.push(read());
    {
      using _scope = active.withScope(undefined);
      within.push(read());
    }
    expect(within).toEqual(["given", undefined, undefined]);
  });
});
