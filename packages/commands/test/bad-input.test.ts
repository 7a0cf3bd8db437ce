import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { type Decider, defineDecider, eventTable } from "../src/index.ts";

type Events = { counted: { by: number } };

const counter = defineDecider({
  events: eventTable<Events>(),
  initialState: () => 0,
  evolve: { counted: (n, { payload }) => n + payload.by },
  decide: {
    count: ({ by }: { by: number }) => ({ name: "counted", payload: { by } }),
    "count-as": ({ id }: { id: string }) => ({ name: "counted", payload: { by: 1 }, id }),
  },
});
const count = { type: "count", by: 1 } as const;

const store = new EventStore({ adapter: await MemoryEventStorageAdapter.open() });
let streams = 0;
const freshStream = () => store.stream<Events>({ category: "counters", stream: `c-${streams++}` });

/** What an untyped caller may give. */
const execute = counter.execute as (...given: readonly unknown[]) => ReturnType<typeof counter.execute>;

describe("execute", () => {
  it.each([
    ["empty", "", "it is empty"],
    ["too long", "x".repeat(513), "it is longer than 512 code points"],
    ["with a control character", "a\u0000", "it contains a control character"],
    ["with a lone surrogate", "a\uD800", "it contains a lone surrogate"],
    ["a number", 5, "expected a string, got number"],
    ["null", null, "expected a string, got null"],
  ])("refuses a command id that is %s", async (_, commandId, reason) => {
    const stream = freshStream();
    await expect(execute(stream, count, { commandId })).rejects.toMatchObject({
      ...{ code: "INVALID_NAME", kind: "command id", reason, invalidName: commandId },
    });
    expect(await stream.read()).toStrictEqual([]);
  });

  it("refuses commands that it does not know before it reads anything", async () => {
    await expect(
      execute({ ...freshStream(), identifier: { kind: "stream" }, publish: () => {} }, { type: "x" }),
    ).rejects.toMatchObject({
      code: "INVALID_COMMAND",
    });
  });

  it("refuses what is no stream, and options that are none", async () => {
    for (const given of [undefined, null, {}, store.category("counters"), store.log(), store]) {
      await expect(execute(given, count)).rejects.toThrow("A command is carried out on a stream");
    }
    await expect(execute(freshStream(), count, null)).rejects.toThrow(TypeError);
    await expect(execute(freshStream(), count, { commandID: "c" })).rejects.toThrow('no member "commandID"');
    await expect(execute(freshStream(), count, { metadata: "text" })).rejects.toThrow("must be a JSON object");
    await expect(execute(freshStream(), count, { metadata: { at: Number.NaN } })).rejects.toMatchObject({
      ...{ code: "INVALID_EVENT", path: "metadata.at" },
    });
    await expect(execute(freshStream(), count, { retry: { tries: 0 } })).rejects.toThrow(RangeError);
    await expect(execute(freshStream(), count, { snapshots: {} })).rejects.toThrow("define it with a name");
  });

  it("refuses an event that cannot be stored, with its path", async () => {
    const stream = freshStream();
    await expect(counter.execute(stream, { type: "count", by: Number.NaN })).rejects.toMatchObject({
      ...{ code: "INVALID_EVENT", path: "events[0].payload.by" },
    });
    expect(await stream.read()).toStrictEqual([]);
  });

  it.each([5, "abc", { 0: "a", length: 1 }])(
    "refuses an event whose tags are %j, with tags for all events too",
    async (tags) => {
      const odd = defineDecider({
        events: eventTable<Events>(),
        initialState: () => 0,
        evolve: { counted: (n) => n },
        decide: { count: () => ({ name: "counted", payload: { by: 1 }, tags: tags as never }) },
      });
      const stream = freshStream();
      await expect(odd.execute(stream, { type: "count" }, { tags: ["t"] })).rejects.toMatchObject({
        ...{ code: "INVALID_EVENT", path: "events[0].tags" },
      });
      expect(await stream.read()).toStrictEqual([]);
    },
  );

  it("refuses events with ids of their own where their ids are made from the command's", async () => {
    const stream = freshStream();
    const command = { type: "count-as", id: "00000000-0000-4000-8000-000000000001" } as const;
    await expect(counter.execute(stream, command, { commandId: "c" })).rejects.toMatchObject({
      ...{ code: "INVALID_DECISION", reason: expect.stringContaining("has an id of its own") },
    });
    expect(await counter.execute(stream, command)).toMatchObject({ state: 1, isRepeat: false });
    // Without a command id they are what makes a repeat of it.
    const repeat = await counter.execute(stream, command);
    expect(repeat).toMatchObject({ state: 1, isRepeat: true, events: [{ id: command.id }] });
    await expect(counter.execute(freshStream(), command)).rejects.toMatchObject({ code: "DUPLICATE_EVENT_ID" });
  });

  it("passes on what the decider throws, whatever it is", async () => {
    const refusing: Decider<number, Events, { readonly type: "refuse" }> = defineDecider({
      events: eventTable<Events>(),
      initialState: () => 0,
      evolve: { counted: (n) => n },
      decide: {
        refuse: () => {
          // biome-ignore lint/style/useThrowOnlyError: it is what is tested
          throw "no";
        },
      },
    });
    await expect(refusing.execute(freshStream(), { type: "refuse" })).rejects.toBe("no");
  });

  it("rejects when a stored event has no handler, and does not decide", async () => {
    const stream = freshStream();
    await store.stream(stream.identifier).publish({ events: [{ name: "reset", payload: {} }] });
    await expect(counter.execute(stream, count)).rejects.toMatchObject({ code: "UNHANDLED_EVENT", eventName: "reset" });
  });

  it("ends with the reason of its signal, before it reads, between two tries, and before it publishes", async () => {
    const reason = new Error("enough");
    const stream = freshStream();
    await expect(counter.execute(stream, count, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const end = new AbortController();
    const aborting = defineDecider({
      events: eventTable<Events>(),
      initialState: () => 0,
      evolve: { counted: (n) => n },
      decide: {
        abort: () => {
          end.abort(reason);
          return { name: "counted", payload: { by: 1 } };
        },
      },
    });
    await expect(aborting.execute(stream, { type: "abort" }, { signal: end.signal })).rejects.toBe(reason);
    expect(await stream.read()).toStrictEqual([]);
    const overtaking = new AbortController();
    let tries = 0;
    const overtaken = Object.create(stream, {
      identifier: { value: stream.identifier },
      pages: { value: stream.pages.bind(stream) },
      publish: {
        value: async (request: Parameters<typeof stream.publish>[0]) => {
          tries++;
          await stream.publish({ events: [{ name: "counted", payload: { by: 1 } }] });
          setImmediate(() => overtaking.abort(reason));
          return stream.publish(request);
        },
      },
    });
    const options = { signal: overtaking.signal, retry: { backoff: { firstMs: 100_000, longestMs: 100_000 } } };
    await expect(counter.execute(overtaken, count, options)).rejects.toBe(reason);
    expect(tries).toBe(1);
  });
});
