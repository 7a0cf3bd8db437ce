import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { exponentialBackoff, retry, type SubscriptionDefinition, subscription } from "@eventfold/processing";
import { EventStore, nameIn } from "@eventfold/store";
import { describe, expect, expectTypeOf, it } from "vitest";

type UserEvents = { "user-registered": { email: string }; "user-left": { reason: string } };

const store = new EventStore({ adapter: await MemoryEventStorageAdapter.open() });
const source = store.category<UserEvents>("users");
const named = { name: "mails", source };

describe("subscription", () => {
  it("types events by the table of the source, with no type argument", () => {
    const mails = subscription({
      ...named,
      constraints: [nameIn("user-registered")],
      handleEvent: (event, { attempt, eventId }) => {
        expectTypeOf(event.name).toEqualTypeOf<"user-registered" | "user-left">();
        if (event.name === "user-registered") expectTypeOf(event.payload.email).toEqualTypeOf<string>();
        expectTypeOf(attempt).toEqualTypeOf<number>();
        expectTypeOf(eventId(0)).toEqualTypeOf<string>();
      },
    });
    expect(mails).toMatchObject({ kind: "subscription", name: "mails", partitions: 1, concurrency: 1 });
    // @ts-expect-error no event of the table has this name
    subscription({ ...named, constraints: [nameIn("user-renamed")], handleEvent: () => {} });
    // @ts-expect-error exactly one handler
    expect(() => subscription({ ...named, handleEvent: () => {}, handleBatch: () => {} })).toThrow(TypeError);
  });

  it("takes streams, categories and the log", () => {
    const handleEvent = () => {};
    const stream = store.stream<UserEvents>({ category: "users", stream: "u-1" });
    for (const given of [stream, source, store.log<UserEvents>()]) {
      expect(subscription({ name: "any", source: given, handleEvent }).source).toBe(given);
    }
  });

  it.each([0, -1, 1.5, 1_025, 10_000, Number.NaN])("refuses %d partitions", (partitions) => {
    expect(() => subscription({ ...named, partitions, handleEvent: () => {} })).toThrow(RangeError);
  });

  it("refuses more than one partition of a stream", () => {
    const stream = store.stream({ category: "users", stream: "u-1" });
    const refused = () => subscription({ name: "one", source: stream, partitions: 2, handleEvent: () => {} });
    expect(refused).toThrow("a subscription to one must have one partition, got 2");
  });

  it.each([
    ["an empty name", { name: "" }],
    ["a name with a control character", { name: "a\u0000" }],
    ["a name that is too long", { name: "x".repeat(513) }],
    ["a concurrency of 0", { concurrency: 0 }],
    ["a number of 0 to start from", { startFrom: { sequenceNumber: 0 } }],
    ["a limit of -1", { parkAtMost: -1 }],
    ["no time for handlers", { handlerTimeoutMs: 0 }],
    ["checkpoints after 0 events", { checkpoint: { everyEvents: 0 } }],
  ])("refuses %s", (_, options) => {
    expect(() => subscription({ ...named, handleEvent: () => {}, ...options })).toThrow(RangeError);
  });

  it.each<[string, object]>([
    ["no source", { source: undefined }],
    ["a misspelt option", { partition: 8 }],
    ["a misspelt option of its checkpoints", { checkpoint: { everyEvent: 8 } }],
    ["a list as a source", { source: [] }],
    ["a handler that is not a function", { handleEvent: "later" }],
    ["no handler", { handleEvent: undefined }],
    ["an unknown start", { startFrom: "yesterday" }],
    ["an invalid date to start from", { startFrom: { observedAt: new Date(Number.NaN) } }],
    ["retries without an end", { onFailure: retry({ times: 3 }) }],
    ["a batch size of single events", { batchSize: 10 }],
    ["constraints that are not made by a builder", { constraints: ["user-registered"] }],
    ["a key that is not a function", { partitionBy: "stream" }],
  ])("refuses %s", (_, options) => {
    const definition: SubscriptionDefinition<UserEvents> = { ...named, handleEvent: () => {}, ...options };
    expect(() => subscription(definition)).toThrow(TypeError);
  });
});

describe("retry", () => {
  it("makes a value", () => {
    const backoff = exponentialBackoff({ firstMs: 1, longestMs: 8 });
    const policy = { kind: "failure-policy", times: 3, backoff, afterwards: "park-stream" };
    expect(retry({ times: 3, backoff }).then("park-stream")).toEqual(policy);
  });

  it("refuses what it cannot do", async () => {
    expect(() => retry({ times: -1 })).toThrow(RangeError);
    expect(() => exponentialBackoff({ firstMs: 10, longestMs: 5 })).toThrow(RangeError);
    // @ts-expect-error no such end
    expect(() => retry({ times: 1 }).then("explode")).toThrow(TypeError);
  });
});
