import { tracingChannel } from "node:diagnostics_channel";
import { inspect } from "node:util";
import { MemoryEventStorageAdapter, MemoryKeyStorageAdapter } from "@eventfold/adapter-memory";
import { codec, dateCodec, defineEvents, event, KeyStore } from "@eventfold/events";
import { EventStore, positionIs, taggedWith } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const SECRET = "Ada Lovelace";

const keyStore = new KeyStore({ adapter: await MemoryKeyStorageAdapter.open() });
const store = new EventStore({ adapter: await MemoryEventStorageAdapter.open() });
let streams = 0;

type Payload = { readonly userId: string; readonly name: string };
type Validate = (payload: Payload) => unknown;

/** A schema of Standard Schema that validates by a function. */
const schemaOf = (validate: Validate) =>
  ({ "~standard": { version: 1, vendor: "test", validate } }) as unknown as z.ZodType<Payload, Payload>;
const anything = schemaOf((value) => ({ value }));
const protect = { subject: ({ userId }: Payload) => userId, fields: ["name"] } as const;
const says = ({ name }: Payload): never => {
  throw new TypeError(`${name} is not what it should be`);
};
const textCodec = (encode: (text: string) => string, decode: (text: string) => string) => ({
  name: codec({ encode, decode }),
});
const same = (text: string) => text;
const quotes = (text: string): never => {
  throw new RangeError(`what is ${text}?`);
};

const streamOf = (definition: object, stream = `s-${streams++}`) =>
  store
    .category("users", {
      events: defineEvents({ registered: definition } as never as { registered: typeof named }).withKeys(keyStore),
    })
    .stream(stream);
const named = event({ schema: anything, protect });
const registered = { name: "registered", payload: { userId: "u-1", name: SECRET } } as const;

/** Everything that a log or a debugger could show of a value. */
function shown(value: unknown): string {
  return inspect(value, {
    depth: Number.POSITIVE_INFINITY,
    showHidden: true,
    maxStringLength: null,
    maxArrayLength: null,
  });
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail("it did not reject"),
    (error: unknown) => error,
  );

describe("errors about an event with protected fields", () => {
  const refusing: Readonly<Record<string, object>> = {
    "a schema that quotes the field": event({
      schema: schemaOf(({ name }) => ({ issues: [{ message: `Invalid e-mail: received "${name}"`, path: ["name"] }] })),
      protect,
    }),
    "a schema that quotes the whole payload": event({
      schema: schemaOf((payload) => ({ issues: [{ message: `bad: ${JSON.stringify(payload)}` }] })),
      protect,
    }),
    "a schema that throws": event({ schema: schemaOf(says), protect }),
    "a schema that rejects": event({ schema: schemaOf(async (payload) => says(payload)), protect }),
    "a codec that cannot encode": event({ schema: anything, codecs: textCodec(quotes, same), protect }),
    "a codec that cannot decode": event({ schema: anything, codecs: textCodec(same, quotes), protect }),
    "a subject that throws": event({ schema: anything, protect: { ...protect, subject: says } }),
    "a toJSON that throws": event({
      schema: schemaOf((payload) => ({ value: { ...payload, name: { toJSON: () => says(payload) } } })),
      protect,
    }),
  };

  it.each(Object.entries(refusing))("do not quote it when it is refused by %s", async (_, definition) => {
    const error = await rejection(streamOf(definition).publish({ events: [registered] }));
    expect(error).toMatchObject({
      code: "INVALID_EVENT",
      path: expect.stringMatching(/^events\[0\]\.payload(\.name)?$/),
    });
    expect(shown(error)).not.toContain(SECRET);
  });

  it("say what is wrong with the other members", async () => {
    const definition = event({ schema: z.object({ userId: z.string(), name: z.string(), plan: z.int() }), protect });
    const payload = { userId: "u-1", name: [SECRET] as never, plan: "free" as never };
    const error = await rejection(streamOf(definition).publish({ events: [{ name: "registered", payload }] }));
    expect(error).toMatchObject({
      path: "events[0].payload.name",
      reason: "its schema refuses it; why is withheld, because it may quote a protected field (and 1 more)",
      cause: [{}, { path: "events[0].payload.plan", message: expect.stringMatching(/expected number/i) }],
    });
  });

  const upcast = (upcaster: (old: Payload) => Payload) =>
    event({ schema: anything, protect }).from<Payload>().upcast(upcaster);
  const unreadable: Readonly<Record<string, object>> = {
    "a codec of ours": event({
      schema: anything as never,
      codecs: { name: dateCodec } as never,
      protect: protect as never,
    }),
    "a codec that quotes it": event({ schema: anything, codecs: textCodec(same, quotes), protect }),
    "an upcaster that throws": upcast(says),
    "an upcaster that parses it": upcast(({ name }) => JSON.parse(name)),
  };

  it.each(Object.entries(unreadable))("do not quote it when it cannot be read by %s", async (_, definition) => {
    const stream = streamOf(named);
    await stream.publish({ events: [registered] });
    const error = await rejection(streamOf(definition, stream.identifier.stream).read());
    expect(error).toMatchObject({ message: expect.stringContaining("Error, whose message is withheld") });
    expect(shown(error)).not.toContain(SECRET);
  });

  it.each([
    ["throws", says],
    ["takes it for a name", ({ name }: Payload) => [{ name, payload: 1 }]],
  ])("do not quote it when what reads its old name %s", async (_, reader) => {
    const stream = streamOf(named);
    await stream.publish({ events: [registered] });
    const renamed = defineEvents({ "user-registered": event({ schema: anything }) })
      .reading<{ registered: Payload }>({ registered: ({ payload }) => reader(payload) as never })
      .withKeys(keyStore);
    const error = await rejection(store.category("users", { events: renamed }).stream(stream.identifier.stream).read());
    expect(error).toMatchObject({ code: "UPCASTING_FAILED" });
    expect(shown(error)).not.toContain(SECRET);
  });

  it("do not quote it when its publish is refused for what is stored", async () => {
    const stream = streamOf(named);
    for (const refusal of [{ condition: positionIs(9) }, { failIf: taggedWith("subject:u-1") }]) {
      await streamOf(named).publish({ events: [registered] });
      expect(shown(await rejection(stream.publish({ events: [registered], ...refusal })))).not.toContain(SECRET);
    }
  });
});

describe("the tracing channel eventfold:publish", () => {
  it("does not show protected fields", async () => {
    const messages: unknown[] = [];
    const note = (message: unknown): void => void messages.push(message);
    const subscribers = { start: note, end: note, asyncStart: note, asyncEnd: note, error: note };
    const channel = tracingChannel("eventfold:publish");
    channel.subscribe(subscribers);
    const [published] = await streamOf(named).publish({ events: [registered] });
    channel.unsubscribe(subscribers);
    expect(published?.payload.name).toBe(SECRET);
    expect(messages.length).toBeGreaterThan(2);
    expect(shown(messages)).not.toContain(SECRET);
  });
});
