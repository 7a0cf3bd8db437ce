import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { bigintCodec, dateCodec, defineEvents, each, event, moneyCodec } from "../src/index.ts";
import { given, roundTrip, stored } from "./round-trip.ts";

describe("codecs of members", () => {
  const events = defineEvents({
    ordered: event({
      schema: z.object({
        at: z.date().nullish(),
        customer: z.object({ since: z.date(), name: z.string() }).optional(),
        lines: z.array(
          z.object({ sku: z.string(), price: z.object({ amount: z.string(), currency: z.literal("EUR") }) }),
        ),
        ids: z.array(z.bigint()),
      }),
      codecs: {
        at: dateCodec,
        customer: { since: dateCodec },
        lines: each({ price: moneyCodec({ EUR: 2 }) }),
        ids: each(bigintCodec),
      },
    }),
  });
  const price = { amount: "12.50", currency: "EUR" as const };

  it("work at any depth, and leave alone what is null or absent", async () => {
    const whole = {
      at: new Date(5),
      customer: { since: new Date(6), name: "Ada" },
      lines: [{ sku: "a", price }],
      ids: [1n, -2n],
    };
    expect(await roundTrip(events, "ordered", whole)).toStrictEqual({
      text: '{"at":"1970-01-01T00:00:00.005Z","customer":{"since":"1970-01-01T00:00:00.006Z","name":"Ada"},"lines":[{"sku":"a","price":{"minorUnits":1250,"currency":"EUR"}}],"ids":["1","-2"]}',
      read: whole,
      returned: whole,
    });
    const bare = { at: null, lines: [], ids: [] };
    expect(await roundTrip(events, "ordered", bare)).toStrictEqual({
      text: JSON.stringify(bare),
      read: bare,
      returned: bare,
    });
  });

  it("are only for members of the payload itself", async () => {
    const anything = {
      "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) },
    } as const;
    const inherited = defineEvents({ m: event({ schema: anything, codecs: { toString: bigintCodec } as never }) });
    expect(await roundTrip(inherited, "m", { n: 1 })).toMatchObject({ read: { n: 1 } });
    expect(await roundTrip(inherited, "m", { toString: 5n })).toMatchObject({
      text: '{"toString":"5"}',
      read: { toString: 5n },
    });
    expect(await roundTrip(inherited, "m", [1])).toMatchObject({ text: "[1]", read: [1] });
  });

  it("leave what was given as it is", async () => {
    const payload = Object.freeze({ at: new Date(5), lines: Object.freeze([]), ids: Object.freeze([1n]) });
    await roundTrip(events, "ordered", payload);
    expect(payload).toEqual({ at: new Date(5), lines: [], ids: [1n] });
  });

  it("name where one refuses a value, or cannot decode what is stored", async () => {
    const bad = {
      lines: [
        { sku: "a", price },
        { sku: "b", price: { amount: "1.005", currency: "EUR" } },
      ],
      ids: [],
    };
    expect(() => events.encode([given("ordered", bad)])).toThrow(
      "Invalid event at events[0].payload.lines[1].price: its codec cannot encode it: 1.005 has more than 2 decimal places.",
    );
    const damaged = stored("ordered", { lines: [], ids: ["1", "x"] });
    await expect(events.read([damaged])).rejects.toMatchObject({
      code: "UNREADABLE_EVENT",
      isUnreadableEvent: true,
      event: { sequenceNumber: 7 },
      message: expect.stringContaining("the codec of payload.ids[1] cannot decode it: expected the text of an integer"),
    });
  });

  it("refuse a value that could not be read again, before it is stored", () => {
    const lossy = defineEvents({
      m: event({
        schema: z.object({ n: z.bigint() }),
        codecs: { n: { ...bigintCodec, encode: () => "not a number" } },
      }),
    });
    expect(() => lossy.encode([given("m", { n: 5n })])).toThrow(
      "Invalid event at events[0].payload.n: its codec cannot decode what it encoded: expected the text of an integer.",
    );
  });

  it.each(["encode", "decode"] as const)("are refused when they %s asynchronously", (direction) => {
    const late = { ...bigintCodec, [direction]: async () => Promise.reject(new Error("late")) };
    const events = defineEvents({ m: event({ schema: z.object({ n: z.bigint() }), codecs: { n: late } }) });
    expect(() => events.encode([given("m", { n: 5n })])).toThrow("it returned a promise; codecs are synchronous");
  });

  it("give back every payload", async () => {
    const dates = fc.date({ noInvalidDate: true });
    const payloads = fc.record(
      {
        at: fc.option(dates),
        customer: fc.record({ since: dates, name: fc.string() }, { noNullPrototype: true }),
        lines: fc.constant([{ sku: "a", price }]),
        ids: fc.array(fc.bigInt()),
      },
      { requiredKeys: ["lines", "ids"], noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(payloads, async (payload) => {
        fc.pre(!payload.customer?.name.includes("\0"));
        const { read, returned } = await roundTrip(events, "ordered", payload);
        expect(read).toStrictEqual(payload);
        expect(returned).toStrictEqual(payload);
      }),
    );
  });
});
