import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { bigintCodec, dateCodec, defineEvents, each, event } from "../src/index.ts";

const amount = z.object({ amount: z.number() });

describe("jsonSchemas", () => {
  it("describe what is published and what is stored, where the validator can", () => {
    const events = defineEvents({
      opened: event({
        schema: z.object({
          owner: z.string(),
          openedAt: z.date(),
          lines: z.array(z.object({ n: z.bigint() })),
          currency: z.string().default("EUR"),
        }),
        codecs: { openedAt: dateCodec, lines: each({ n: bigintCodec }) },
      })
        .from<object>()
        .upcast(() => ({ owner: "", openedAt: new Date(0), lines: [], currency: "EUR" })),
      closed: event({ schema: type({ reason: "string", "at?": "Date" }), codecs: { at: dateCodec } }),
      noted: event({ schema: v.object({ text: v.string() }) }),
    });
    const [opened, closed, noted] = events.jsonSchemas();
    expect(opened).toMatchObject({
      name: "opened",
      version: 2,
      published: {
        type: "object",
        required: ["owner", "openedAt", "lines"],
        properties: { owner: { type: "string" } },
      },
      stored: {
        required: ["owner", "openedAt", "lines", "currency"],
        properties: {
          openedAt: { type: "string", format: "date-time" },
          lines: { type: "array", items: { properties: { n: { type: "string", pattern: expect.any(String) } } } },
        },
      },
    });
    expect(closed).toMatchObject({
      name: "closed",
      version: 1,
      stored: {
        required: ["reason"],
        properties: { reason: { type: "string" }, at: { type: "string", format: "date-time" } },
      },
    });
    expect(noted).toEqual({ name: "noted", version: 1, published: undefined, stored: undefined });
  });

  it("are of the dialect that is asked for, and throw what the validator throws", () => {
    const events = defineEvents({ m: event({ schema: amount }), d: event({ schema: z.object({ at: z.date() }) }) });
    expect(events.jsonSchemas({ target: "draft-07" })[0]?.published).toMatchObject({
      $schema: expect.stringContaining("draft-07"),
    });
    expect(() => events.jsonSchemas({ libraryOptions: {} })).toThrow("Date cannot be represented in JSON Schema");
    expect(() =>
      defineEvents({ a: event({ schema: type({ n: "number" }) }) }).jsonSchemas({ target: "nonsense" }),
    ).toThrow("not supported");
  });
});
