import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineEvents, event } from "../src/index.ts";
import { given, roundTrip } from "./round-trip.ts";

const amount = z.object({ amount: z.number() });

describe("validation", () => {
  const order = { id: 1, lines: [{ sku: "a", count: 1 }] };
  const schemas: readonly (readonly [string, never])[] = [
    ["zod", z.object({ id: z.number(), lines: z.array(z.object({ sku: z.string(), count: z.number() })) }) as never],
    [
      "valibot",
      v.object({ id: v.number(), lines: v.array(v.object({ sku: v.string(), count: v.number() })) }) as never,
    ],
    ["arktype", type({ id: "number", lines: type({ sku: "string", count: "number" }).array() }) as never],
  ];
  it.each(schemas)("by %s names the path and the reason", async (_, schema) => {
    const events = defineEvents({ ordered: event({ schema }) });
    expect(await roundTrip(events, "ordered", order)).toMatchObject({ read: order, returned: order });
    const bad = {
      id: 1,
      lines: [
        { sku: "a", count: 1 },
        { sku: "b", count: "2" },
      ],
    };
    const refusal = await Promise.resolve()
      .then(() => events.encode([given("ordered", bad)]))
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      name: "InvalidEventError",
      code: "INVALID_EVENT",
      path: "events[0].payload.lines[1].count",
      reason: expect.stringMatching(/number/),
      cause: [{ path: "events[0].payload.lines[1].count", message: expect.stringMatching(/number/) }],
    });
  });

  /** A schema of Standard Schema that validates by a function. */
  const schemaOf = (validate: (value: unknown) => unknown) =>
    ({ "~standard": { version: 1, vendor: "test", validate } }) as never;
  const fail = (error: unknown): never => {
    throw error;
  };
  const whole = "events[0].payload";
  const failures: Readonly<
    Record<string, readonly [validate: (value: unknown) => unknown, path: string, reason: string]>
  > = {
    throws: [() => fail(new Error("broken")), whole, "its schema threw: broken"],
    rejects: [async () => fail(new Error("offline")), whole, "its schema threw: offline"],
    "throws no error": [() => fail("text"), whole, "its schema threw: text"],
    "returns nothing": [() => undefined, whole, "neither a value nor issues"],
    "returns a boolean": [() => true, whole, "neither a value nor issues"],
    "refuses asynchronously": [
      async () => ({ issues: [{ message: "taken.", path: ["owner"] }] }),
      `${whole}.owner`,
      "taken",
    ],
    "gives paths as objects": [
      () => ({ issues: [{ message: "no", path: [{ key: "a" }, { key: 0 }, { key: "odd key" }] }] }),
      `${whole}.a[0]["odd key"]`,
      "no",
    ],
    "gives a symbol as a path": [
      () => ({ issues: [{ message: "no", path: [Symbol("s")] }] }),
      `${whole}["Symbol(s)"]`,
      "no",
    ],
    "gives several issues without a path": [
      () => ({ issues: [{ message: "a" }, { message: "b" }, {}] }),
      whole,
      "a (and 2 more)",
    ],
    "gives issues that are none": [() => ({ issues: "bad" }), whole, "the schema refused it"],
    "gives what JSON cannot hold": [() => ({ value: { n: Number.NaN } }), `${whole}.n`, "NaN is not a JSON number"],
    "gives a promise": [() => ({ value: Promise.reject(new Error("late")) }), whole, "a promise as its value"],
    "gives a promise within": [
      () => ({ value: { n: Promise.reject(new Error("late")) } }),
      `${whole}.n`,
      "a Promise is not a JSON value",
    ],
    "gives undefined": [() => ({ value: undefined }), whole, "undefined is not a JSON value"],
  };
  it.each(Object.entries(failures))("refuses an event whose schema %s", async (_, [validate, path, reason]) => {
    const events = defineEvents({ m: event({ schema: schemaOf(validate) }) });
    const refusal = await Promise.resolve()
      .then(() => events.encode([given("m", {})]))
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "INVALID_EVENT", path, reason: expect.stringContaining(reason) });
  });

  it("answers at once where the schema does, and waits where one of them does not", async () => {
    const events = defineEvents({
      now: event({ schema: amount }),
      later: event({ schema: schemaOf(async (value) => ({ value })) }),
    });
    expect(events.encode([given("now", { amount: 1 })])).toBeInstanceOf(Array);
    const both = events.encode([given("now", { amount: 1 }), given("later", { b: 2 })]);
    expect(both).toBeInstanceOf(Promise);
    expect((await both).map(({ payload }) => payload.text)).toEqual(['{"amount":1}', '{"b":2}']);
  });

  it("stores what the schema makes of it", async () => {
    const events = defineEvents({
      m: event({ schema: z.object({ n: z.string().transform(Number), c: z.string().default("EUR") }) }),
    });
    expect(await roundTrip(events, "m", { n: "5" })).toMatchObject({
      text: '{"n":5,"c":"EUR"}',
      read: { n: 5, c: "EUR" },
    });
  });

  it("takes today's version for every event, and refuses one from the future", () => {
    const events = defineEvents({
      m: event({ schema: amount })
        .from<object>()
        .upcast(() => ({ amount: 0 })),
    });
    const versions = [undefined, 1, 2].map(
      (version) => (events.encode([given("m", { amount: 1 }, version)]) as readonly { version: number }[])[0]?.version,
    );
    expect(versions).toEqual([2, 2, 2]);
    for (const version of [3, 0, 1.5, "2"]) {
      expect(() => events.encode([given("m", { amount: 1 }, version as number)])).toThrow(
        `Invalid event at events[0].version: the version of what is published is 2 by its definition, got ${version}.`,
      );
    }
  });

  it("refuses an old name to be written", () => {
    const events = defineEvents({ m: event({ schema: amount }) }).reading<{ old: object }>({ old: () => [] });
    expect(() => events.encode([given("old", {})])).toThrow('"old" is an old name: it is read, and no longer written');
    expect(() => events.encode([given(5 as never, {})])).toThrow("5 is not defined");
  });
});
